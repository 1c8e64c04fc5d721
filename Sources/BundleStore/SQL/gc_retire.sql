-- $1 artifact, $2 how many artifacts of its bundle stay, $3 how long each stays at least, $4 who
select bundletop_gc_retire($1, $2::int, $3::interval, $4) as retired;
