-- $1 artifact, $2 checksum, $3 storage kind, $4 storage key, $5 size, $6 when uploaded and $7 when verified as compared,
-- $8 match, mismatch or missing, $9 who, $10 detail jsonb
select bundletop_record_verification(
  $1, $2, $3, $4, $5::bigint, $6::timestamptz, $7::timestamptz, $8, $9, $10::jsonb) as outcome;
