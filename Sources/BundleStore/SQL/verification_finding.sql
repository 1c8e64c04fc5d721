-- What the last look at an artifact found that was not a match; no row when the audit does not know.
-- $1 slug, $2 artifact
select o.at, o.who, o.result, o.detail ->> 'reason' as reason
  from example_bundle_operations o
 where o.slug = $1 and o.what = 'verify' and o.detail ->> 'artifact' = $2
 order by o.id desc limit 1;
