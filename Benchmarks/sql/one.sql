-- The cheapest thing to watch: one bundle.
select slug, version from example_bundle_status where slug = 'bundle-000001' \watch 1
