-- What a pod found in its directory of AppHub's files. No row: it was pruned, and the pod registers again.
-- $1 owner, $2 the directory's id or null where the pod does not know it, $3 how many of its statuses nobody has moved,
-- or null
update example_bundle_pods set source = coalesce($2, source), unmigrated = $3::int where owner = $1::uuid
returning 1;
