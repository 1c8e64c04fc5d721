-- A pod is alive. No row: it was pruned, register again.
-- $1 owner, $2 running jobs
update example_bundle_pods set last_seen = clock_timestamp(), running = $2::int where owner = $1::uuid
returning 1;
