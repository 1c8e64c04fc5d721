-- $1 store, $2 keys text[], $3 uploads text[]
select bundletop_gc_unmark($1, $2::text[], $3::text[]);
