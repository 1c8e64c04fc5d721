-- $1 slug, $2 state seen, $3 fingerprint seen, $4 job seen, $5 attempt seen, $6 force, $7 who, $8 why,
-- $9 attempts of a new job, $10 idempotency key or null, $11 dry run
select job_id::text, attempt, outcome, reason
  from bundletop_retry($1, $2, $3, $4, $5::int, $6::boolean, $7, $8, $9::int, $10, $11::boolean);
