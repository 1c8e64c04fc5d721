-- What became of the files of a directory, by path.
-- $1 source, $2 only these paths or null, $3 only paths after this one or null, $4 how many
select source, path, kind, size, modified_at, sha256, slug, fingerprint, outcome, reason, storage_key, verified_at
  from example_bundle_migrations
 where source = $1 and ($2::text[] is null or path = any($2::text[]))
   and ($3::text is null or path collate "C" > $3::text collate "C")
 order by path collate "C" limit $4::int;
