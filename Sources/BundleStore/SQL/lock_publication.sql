-- Until the end of the transaction, nobody else publishes or deletes this object.
-- $1 storage key
select bundletop_lock_object($1);
