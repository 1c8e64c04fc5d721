-- With a descriptor, for pods alone.
-- $1 slug, $2 options jsonb, $3 requested by, $4 idempotency key or null, $5 max attempts, $6 message, $7 priority
-- (a smaller one goes first), $8 interval from now until it is due, or null for at once
select job_id::text, outcome, reason
  from bundletop_enqueue_any($1, $2::jsonb, $3, $4, $5::int, $6, $7::int, now() + $8::interval);
