-- Extends the leases that a pod still holds and says which they are; whatever is missing in the answer was lost.
-- $1 owner uuid, $2 job ids uuid[], $3 attempts int[] (same order), $4 lease interval
update example_bundle_jobs j
   set lease_until = now() + $4::interval
  from unnest($2::uuid[], $3::int[]) as held (id, attempt)
 where j.id = held.id and j.attempt = held.attempt and j.owner = $1::uuid and j.state = 'running'
returning j.id::text, j.attempt;
