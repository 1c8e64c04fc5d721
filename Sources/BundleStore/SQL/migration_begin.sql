-- $1 who, $2 where: host and process
select won, holder, place, since from bundletop_begin_migration($1, $2);
