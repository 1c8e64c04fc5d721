-- Every object of the schema with a hash of its definition, and every grant: what `schema check` compares.
select 'function ' || p.oid::regprocedure::text as name, md5(pg_get_functiondef(p.oid)) as hash
  from pg_proc p
 where p.pronamespace = current_schema()::regnamespace and p.proname like 'bundletop\_%'
union all
select 'column ' || c.relname || '.' || a.attname,
       md5(concat_ws(' ', format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated,
                     pg_get_expr(d.adbin, d.adrelid)))
  from pg_class c join pg_attribute a on a.attrelid = c.oid left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
 where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
   and (c.relname like 'example\_bundle\_%' or c.relname in ('bundletop_control', 'bundletop_gc_marks', 'bundletop_migrations'))
union all
select 'index ' || i.relname, md5(pg_get_indexdef(i.oid))
  from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class c on c.oid = x.indrelid
 where c.relnamespace = current_schema()::regnamespace
   and (c.relname like 'example\_bundle\_%' or c.relname in ('bundletop_control', 'bundletop_gc_marks', 'bundletop_migrations'))
union all
select 'constraint ' || c.relname || '.' || k.conname, md5(pg_get_constraintdef(k.oid))
  from pg_constraint k join pg_class c on c.oid = k.conrelid
 where c.relnamespace = current_schema()::regnamespace
   and (c.relname like 'example\_bundle\_%' or c.relname in ('bundletop_control', 'bundletop_gc_marks', 'bundletop_migrations'))
union all
select 'trigger ' || c.relname || '.' || t.tgname, md5(pg_get_triggerdef(t.oid) || t.tgenabled::text)
  from pg_trigger t join pg_class c on c.oid = t.tgrelid
 where c.relnamespace = current_schema()::regnamespace and not t.tgisinternal
   and c.relname like 'example\_bundle\_%'
union all
-- Who may do what: our roles and everybody; what AppHub's own role may do is AppHub's affair.
select 'grant ' || lower(g.privilege_type) || ' on ' || g.what || ' to ' || coalesce(r.rolname, 'public'),
       md5(g.is_grantable::text)
  from (
    select c.relname::text as what, x.*
      from pg_class c cross join lateral aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) x
     where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r'
       and (c.relname like 'example\_bundle\_%'
            or c.relname in ('bundletop_control', 'bundletop_gc_marks', 'bundletop_migrations'))
    union all
    select c.relname || '.' || a.attname, x.*
      from pg_class c join pg_attribute a on a.attrelid = c.oid cross join lateral aclexplode(a.attacl) x
     where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and not a.attisdropped
       and (c.relname like 'example\_bundle\_%'
            or c.relname in ('bundletop_control', 'bundletop_gc_marks', 'bundletop_migrations'))
    union all
    select 'function ' || p.oid::regprocedure::text, x.*
      from pg_proc p cross join lateral aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) x
     where p.pronamespace = current_schema()::regnamespace and p.proname like 'bundletop\_%'
  ) g left join pg_roles r on r.oid = g.grantee
 where g.grantee = 0 or r.rolname in ('bundletop_viewer', 'bundletop_operator', 'bundlepod')
order by 1;
