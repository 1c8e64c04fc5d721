-- What a pod read of its own listener.
-- $1 owner, $2 SHA-256 of the status list, hex, $3 the snapshot that the list names
update example_bundle_pods set digest = $2, digest_snapshot = $3::pg_snapshot::text, digest_at = clock_timestamp()
 where owner = $1::uuid;
