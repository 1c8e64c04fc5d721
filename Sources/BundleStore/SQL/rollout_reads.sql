-- Which side pods in dual mode read from, since when and by whom; no row: the directory, as nobody has switched yet.
select value, changed_by, changed_at from bundletop_control where key = 'reads.from';
