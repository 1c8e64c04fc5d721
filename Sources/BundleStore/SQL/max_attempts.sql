-- After how many attempts a job gives up.
-- $1 job id as a status row names it
select max_attempts from example_bundle_jobs where id = bundletop_job_id($1);
