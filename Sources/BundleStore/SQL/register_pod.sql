-- A pod process says hello; also used when its row was pruned while it was away.
-- $1 owner, $2 name, $3 url, $4 version, $5 persistence, $6 store, $7 concurrency, $8 catalogue size, $9 notes text[],
-- $10 legacy directory or null, $11 how many of its status files nobody has moved, $12 where it serves metrics,
-- $13 what its links begin with
insert into example_bundle_pods (owner, name, url, version, persistence, store, concurrency, catalogue, notes,
                                 legacy_dir, unmigrated, metrics_url, public_url)
values ($1::uuid, $2, $3, $4, $5, $6, $7::int, $8::int, $9::text[], $10, $11::int, $12, $13)
on conflict (owner) do update
   set last_seen = clock_timestamp(), stopped_at = null, notes = excluded.notes, catalogue = excluded.catalogue,
       legacy_dir = excluded.legacy_dir, unmigrated = excluded.unmigrated;
