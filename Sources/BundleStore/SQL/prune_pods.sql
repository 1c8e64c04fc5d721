-- Forgets pods that were not seen for long, with what they offered.
-- $1 how long
delete from example_bundle_pods where last_seen < now() - $1::interval;
