-- The same, which tells the listeners in the same transaction and the same round trip.
update example_bundle_status set bytes_done = coalesce(bytes_done, 0) + 1, updated_at = clock_timestamp()
 where slug = 'bundle-' || lpad((:client_id + 1)::text, 6, '0') \;
notify example_bundles;
