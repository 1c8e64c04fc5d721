-- $1 job, $2 attempt, $3 owner, $4 fingerprint, $5 cached, $6 tail of the output
select known_since, ended from bundletop_complete_in_files($1::uuid, $2::int, $3::uuid, $4, $5::boolean, $6);
