-- $1 job, $2 attempt, $3 owner, $4 fingerprint, $5 version, $6 checksum, $7 filename, $8 storage kind, $9 storage key,
-- $10 storage URL, $11 content type, $12 size, $13 cached, $14 message, $15 tail of the output
select bundletop_complete($1::uuid, $2::int, $3::uuid, $4, $5, $6, $7, $8, $9, $10, $11, $12::bigint, $13::boolean,
                          $14, $15);
