-- A pod process says hello; also used when its row was pruned while it was away.
-- $1 owner, $2 name, $3 url, $4 version, $5 persistence, $6 store, $7 concurrency, $8 catalogue size, $9 notes text[],
-- $10 directory of AppHub's files or null, $11 its id, $12 how many of its statuses nobody has moved, $13 where the pod
-- serves metrics, $14 what its links begin with
insert into example_bundle_pods (owner, name, url, version, persistence, store, concurrency, catalogue, notes,
                                 legacy_dir, source, unmigrated, metrics_url, public_url)
values ($1::uuid, $2, $3, $4, $5, $6, $7::int, $8::int, $9::text[], $10, $11, $12::int, $13, $14)
on conflict (owner) do update
   set last_seen = clock_timestamp(), stopped_at = null, notes = excluded.notes, catalogue = excluded.catalogue,
       legacy_dir = excluded.legacy_dir, source = excluded.source, unmigrated = excluded.unmigrated;
