-- Until the end of the transaction, nobody else publishes or deletes this object. A pod that falls silent in it lets go
-- after the time of a lease, when it has lost its job in any case.
-- $1 storage key, $2 lease interval
select set_config('idle_in_transaction_session_timeout', ceil(1000 * extract(epoch from $2::interval))::text, true),
       bundletop_lock_object($1);
