-- A pod that falls silent while it writes a file inside of this transaction lets go after the time of a lease, when it
-- has lost its job in any case.
-- $1 lease interval
select set_config('idle_in_transaction_session_timeout', ceil(1000 * extract(epoch from $1::interval))::text, true);
