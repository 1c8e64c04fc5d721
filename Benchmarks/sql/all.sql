-- What a person without a feed would watch: every bundle, each time.
select slug, state, stage, version, bytes_done, pod, attempt, left(checksum, 12) as checksum, error, updated_at
  from example_bundle_status order by slug \watch 1
