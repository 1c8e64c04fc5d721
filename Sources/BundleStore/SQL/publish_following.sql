-- How far a pod's directory has followed. No row: it was pruned, and the pod registers again.
-- $1 owner, $2 see Following.swift
update example_bundle_pods set following = $2 where owner = $1::uuid
returning 1;
