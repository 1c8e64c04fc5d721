-- A progress write to the writer's own bundle.
update example_bundle_status set bytes_done = coalesce(bytes_done, 0) + 1, updated_at = clock_timestamp()
 where slug = 'bundle-' || lpad((:client_id + 1)::text, 6, '0');
