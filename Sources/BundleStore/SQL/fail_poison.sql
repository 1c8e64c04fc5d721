-- $1 attempts at the most, $2 lease interval
select bundletop_fail_poison($1::int, $2::interval);
