-- $1 id, $2 path, $3 host, $4 the step that has just ended there, or null
select bundletop_note_source($1, $2, $3, $4);
