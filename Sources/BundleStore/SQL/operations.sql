-- The audit, newest first.
-- $1 slug or null, $2 what or null, $3 older than this id or null, $4 how many
select id, at, who, db_user, client_address::text, what, slug, why, result, detail::text
  from example_bundle_operations
 where ($1::text is null or slug = $1) and ($2::text is null or what = $2) and ($3::bigint is null or id < $3)
 order by id desc limit $4::int;
