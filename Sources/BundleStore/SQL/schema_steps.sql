-- Which steps of the schema were applied.
select step, checksum from bundletop_migrations;
