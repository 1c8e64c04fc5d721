-- $1 what, $2 who, $3 slug, $4 why, $5 result, $6 detail jsonb, $7 idempotency key or null
select bundletop_audit($1, $2, $3, $4, $5, $6::jsonb, $7);
