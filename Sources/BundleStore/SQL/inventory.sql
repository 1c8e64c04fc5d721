-- Every object of the schema with a hash of its definition: what `schema check` compares.
select 'function ' || p.oid::regprocedure::text as name, md5(pg_get_functiondef(p.oid)) as hash
  from pg_proc p
 where p.pronamespace = current_schema()::regnamespace and p.proname like 'bundletop\_%'
union all
select 'column ' || c.relname || '.' || a.attname,
       md5(concat_ws(' ', format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated,
                     pg_get_expr(d.adbin, d.adrelid)))
  from pg_class c join pg_attribute a on a.attrelid = c.oid left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
 where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
   and (c.relname like 'example\_bundle\_%' or c.relname in ('bundletop_control', 'bundletop_migrations'))
union all
select 'index ' || i.relname, md5(pg_get_indexdef(i.oid))
  from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class c on c.oid = x.indrelid
 where c.relnamespace = current_schema()::regnamespace
   and (c.relname like 'example\_bundle\_%' or c.relname in ('bundletop_control', 'bundletop_migrations'))
union all
select 'constraint ' || c.relname || '.' || k.conname, md5(pg_get_constraintdef(k.oid))
  from pg_constraint k join pg_class c on c.oid = k.conrelid
 where c.relnamespace = current_schema()::regnamespace
   and (c.relname like 'example\_bundle\_%' or c.relname in ('bundletop_control', 'bundletop_migrations'))
union all
select 'trigger ' || c.relname || '.' || t.tgname, md5(pg_get_triggerdef(t.oid) || t.tgenabled::text)
  from pg_trigger t join pg_class c on c.oid = t.tgrelid
 where c.relnamespace = current_schema()::regnamespace and not t.tgisinternal
   and c.relname like 'example\_bundle\_%'
order by 1;
