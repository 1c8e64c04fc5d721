-- How many status files of AppHub's old store the database knows: a row is as new as the file, or the journal of the
-- migration has the file as it is, and found nothing wrong with it or proved that nothing of it is missing.
-- $1 slugs, $2 updatedAt of each or '', $3 paths, $4 when each file was written
select count(*) as known
  from unnest($1::text[], $2::text[], $3::text[], $4::text[]) f (slug, updated_at, path, modified_at)
 where exists (select from example_bundle_status s
                where s.slug = f.slug
                  and (f.updated_at = '' or s.updated_at >= date_trunc('milliseconds', f.updated_at::timestamptz)))
    or exists (select from example_bundle_migrations m
                where m.path = f.path and m.slug = f.slug and m.outcome <> 'quarantined'
                  and (m.reason is null or m.verified_at is not null)
                  and m.modified_at >= date_trunc('milliseconds', f.modified_at::timestamptz));
