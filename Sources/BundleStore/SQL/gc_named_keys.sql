-- Every object that a row names.
select storage_key as key from example_bundle_artifacts;
