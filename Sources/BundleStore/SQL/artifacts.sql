-- One page of the recorded artifacts of all bundles, or of those named, by slug and fingerprint.
-- $1 slugs text[] or null, $2 whether only the artifact that a person means who names the bundle: what its status
-- points at, else what was uploaded last; $3 slug and $4 fingerprint of the last row before this page, or null;
-- $5 rows of a page
select a.id, a.slug, a.fingerprint, a.version, a.checksum, a.filename, a.storage_kind, a.storage_key, a.storage_url,
       a.content_type, a.size, a.job_id, a.uploaded_at, a.created_at, a.verified_at, a.verification
  from example_bundle_artifacts a
 where ($1::text[] is null or a.slug = any($1::text[]))
   and ($3::text is null or (a.slug, a.fingerprint) > ($3::text, $4::text))
   and (not $2::boolean
        or a.id = (select b.id from example_bundle_artifacts b left join example_bundle_status s on s.artifact_id = b.id
                    where b.slug = a.slug order by s.slug is null, b.uploaded_at desc, b.id limit 1))
 order by a.slug, a.fingerprint limit $5::int;
