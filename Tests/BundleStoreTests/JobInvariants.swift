import Postgres
import Testing

/// The rules of the design's section 4 as one question: each line of the answer is a rule that does not hold.
enum JobInvariants {
  /// Holds between any two statements of our writers.
  static let sql = """
    select 'no mixed row: ' || slug from example_bundle_status
     where state <> 'completed'
       and num_nonnulls(version, checksum, filename, artifact_id, completed_at, cached) > 0
    union all
    select 'completed without its artifact: ' || s.slug
      from example_bundle_status s left join example_bundle_artifacts a on a.id = s.artifact_id
     where s.state = 'completed'
       and (a.slug, a.fingerprint, a.checksum, a.version, a.filename) is distinct from
           (s.slug, s.fingerprint, s.checksum, s.version, s.filename)
    union all
    select 'state and stage disagree: ' || slug from example_bundle_status
     where state <> case stage when 'queued' then 'queued' when 'completed' then 'completed' when 'failed' then 'failed'
                               else 'running' end
    union all
    select 'error beside no failure: ' || slug from example_bundle_status where error is not null and state <> 'failed'
    union all
    select 'failed without an error: ' || slug from example_bundle_status where error is null and state = 'failed'
    union all
    select 'two active jobs: ' || slug from example_bundle_jobs where state in ('queued', 'running')
     group by slug having count(*) > 1
    union all
    select 'the row does not show the active job: ' || j.slug
      from example_bundle_jobs j left join example_bundle_status s on s.slug = j.slug
     where j.state in ('queued', 'running')
       and (s.job_id, s.state, s.attempt) is distinct from
           (j.id::text, j.state, j.attempt + case j.state when 'queued' then 1 else 0 end)
    union all
    select 'the row shows no job as it is: ' || s.slug
      from example_bundle_status s left join example_bundle_jobs j on j.id::text = s.job_id
     where s.state is distinct from case j.state when 'cancelled' then 'failed' else j.state end
    union all
    select 'a pod beside a waiting job: ' || slug from example_bundle_status where state = 'queued' and pod is not null
    union all
    select 'attempts of job ' || j.id || ' are not 1 to ' || j.attempt
      from example_bundle_jobs j left join example_bundle_attempts a on a.job_id = j.id
     group by j.id, j.attempt
    having count(a.*) <> j.attempt or max(a.attempt) is distinct from nullif(j.attempt, 0)
    union all
    select 'an open attempt of a job that does not run it: ' || a.slug
      from example_bundle_attempts a join example_bundle_jobs j on j.id = a.job_id
     where (a.outcome is null) <> (j.state = 'running' and j.attempt = a.attempt)
    union all
    select 'the running attempt belongs to another: ' || a.slug
      from example_bundle_attempts a join example_bundle_jobs j on j.id = a.job_id and j.attempt = a.attempt
     where j.state = 'running' and j.owner <> a.owner
    union all
    select 'more attempts than allowed: ' || slug from example_bundle_jobs where attempt > max_attempts
    union all
    select 'waits for ever: ' || slug from example_bundle_jobs where state = 'queued' and attempt >= max_attempts
    union all
    select 'a wish behind a job that has ended: ' || slug from example_bundle_jobs
     where next_options is not null and state not in ('queued', 'running')
    union all
    select 'ended without a time: ' || slug from example_bundle_jobs
     where (finished_at is not null) <> (state in ('completed', 'failed', 'cancelled'))
    union all
    select 'foreign event by our own hand: ' || coalesce(slug, '') from example_bundle_events where is_foreign
    """
}
