-- $1 cutover or cutback, $2 who, $3 why it is refused or null, $4 detail jsonb
select bundletop_switch_reads($1, $2, $3, $4::jsonb) as changed;
