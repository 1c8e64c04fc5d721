-- Who paused what; a null pod means all of them.
select case key when 'claiming.paused' then null else substr(key, 17) end as pod, changed_by, changed_at, value
  from bundletop_control
 where key = 'claiming.paused' or key like 'claiming.paused:%'
 order by key;
