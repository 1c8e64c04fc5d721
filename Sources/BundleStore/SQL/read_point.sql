-- Which side pods read from while they write to both (null before anybody has said so), the snapshot in which that was
-- so, and how the asking pod's directory follows the database.
-- $1 owner asking
select (select value from bundletop_control where key = 'reads.from') as side, pg_current_snapshot()::text as snapshot,
       (select following from example_bundle_pods where owner::text = $1) as following;
