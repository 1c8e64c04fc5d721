-- What a pod offers, in place of what it offered before.
-- $1 owner, $2 slugs text[], $3 versions text[] (same order, empty where there is none)
with offered as (
  select slug, nullif(version, '') as version from unnest($2::text[], $3::text[]) as o (slug, version)),
withdrawn as (
  delete from example_bundle_catalog where owner = $1::uuid and slug not in (select slug from offered))
insert into example_bundle_catalog (owner, slug, version)
select $1::uuid, slug, version from offered
on conflict (owner, slug) do update set version = excluded.version;
