-- One page of the files that verify proved, and whether the database still has what they were proved by.
-- $1 source, $2 path of the last row before this page or '', $3 rows of a page
select m.path, m.kind, m.size, m.modified_at, m.sha256, m.slug, m.fingerprint,
       case m.kind
         when 'status' then exists (select from example_bundle_status s where s.slug = m.slug)
         else exists (select from example_bundle_artifacts a
                       where a.slug = m.slug and a.fingerprint = m.fingerprint and a.checksum = m.sha256
                         and a.verification is distinct from 'missing' and a.verification is distinct from 'mismatch')
       end as is_held
  from example_bundle_migrations m
 where m.source = $1 and m.verified_at is not null and m.path collate "C" > $2 collate "C"
   and m.size is not null and m.modified_at is not null and m.sha256 is not null and m.slug is not null
 order by m.path collate "C" limit $3::int;
