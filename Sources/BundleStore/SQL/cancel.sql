-- $1 slug, $2 job seen or null, $3 who, $4 why, $5 idempotency key or null
select job_id::text, attempt, outcome, reason from bundletop_cancel($1, $2, $3, $4, $5);
