-- Until the end of the transaction, nobody else changes this status.
-- $1 slug
select 1 from example_bundle_status where slug = $1 for no key update;
