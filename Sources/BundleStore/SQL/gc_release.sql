-- The second of the two steps: the transaction of this statement then looks at the object, deletes it and the mark.
-- $1 store, $2 key, $3 upload or empty, $4 when it was marked, $5 how long a mark must stand
select bundletop_gc_release($1, $2, $3, $4::timestamptz, $5::interval) as outcome;
