-- $1 source, $2 differences, $3 quarantined
select bundletop_end_verify($1, $2::int, $3::int);
