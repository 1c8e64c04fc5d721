-- A pod says goodbye.
-- $1 owner
update example_bundle_pods set stopped_at = clock_timestamp(), running = 0 where owner = $1::uuid;
