-- $1 status, $2 journal of its file, $3 artifact or null, $4 journal of its archive or null (all jsonb), $5 ask for it
-- again, $6 who
select outcome, reason, archive_outcome, archive_reason
  from bundletop_import($1::jsonb, $2::jsonb, $3::jsonb, $4::jsonb, $5::boolean, $6);
