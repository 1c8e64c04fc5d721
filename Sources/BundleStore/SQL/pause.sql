-- $1 pod or null for all, $2 paused, $3 who, $4 why
select outcome, reason from bundletop_pause($1, $2::boolean, $3, $4);
