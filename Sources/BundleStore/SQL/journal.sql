-- $1 rows of the journal, a jsonb array
select count(bundletop_journal(e)) as written from jsonb_array_elements($1::jsonb) e;
