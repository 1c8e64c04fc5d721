-- What is marked in a store, and whether that was long enough ago, by the database's clock.
-- $1 store, $2 how long a mark must stand
select key, upload, size, written_at, marked_at, marked_at <= clock_timestamp() - $2::interval as is_due
  from bundletop_gc_marks where store = $1 order by key, upload;
