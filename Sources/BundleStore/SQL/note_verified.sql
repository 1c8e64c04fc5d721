-- $1 source; arrays in the same order: $2 paths, $3 kinds, $4 sizes, $5 written (microseconds), $6 sha256s, $7 slugs,
-- $8 fingerprints or '', $9 outcomes, $10 keys or ''
select bundletop_note_verified($1, $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::text[], $7::text[],
                               $8::text[], $9::text[], $10::text[]);
