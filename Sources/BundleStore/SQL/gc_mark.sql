-- $1 store, $2 keys text[], $3 uploads text[], $4 sizes bigint[], $5 times of writing bigint[], microseconds since 1970,
-- $6 who
select bundletop_gc_mark($1, $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6) as made;
