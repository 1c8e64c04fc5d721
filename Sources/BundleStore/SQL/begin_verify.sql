-- $1 source, $2 path, $3 host
select bundletop_begin_verify($1, $2, $3);
