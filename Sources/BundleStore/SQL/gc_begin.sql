-- One run at a time, for as long as this connection lives.
select pg_try_advisory_lock(hashtextextended('bundletop gc', 0)) as won;
