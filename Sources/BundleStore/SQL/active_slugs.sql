-- The bundles that are queued or at work: whatever their files say is about to be overtaken.
select slug from example_bundle_jobs where state in ('queued', 'running');
