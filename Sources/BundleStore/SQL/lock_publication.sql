-- Until the end of the transaction, nobody else publishes or deletes what belongs to a bundle.
-- $1 slug
select pg_advisory_xact_lock(hashtextextended('bundletop publish ' || $1, 0));
