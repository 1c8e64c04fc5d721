-- $1 job, $2 attempt, $3 owner, $4 tail of the output
select bundletop_return($1::uuid, $2::int, $3::uuid, $4);
