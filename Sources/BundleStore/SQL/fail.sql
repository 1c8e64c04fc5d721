-- $1 job, $2 attempt, $3 owner, $4 error class, $5 error, $6 tail of the output, $7 wait before the next attempt or null
select bundletop_fail($1::uuid, $2::int, $3::uuid, $4, $5, $6, $7::interval);
