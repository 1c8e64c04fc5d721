-- Which of its jobs a pod still holds; cheap, and asked often, so that a cancelled job stops soon.
-- $1 owner uuid
select id::text, attempt from example_bundle_jobs where state = 'running' and owner = $1::uuid;
