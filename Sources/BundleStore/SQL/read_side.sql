-- Which side pods read from while they write to both; null before anybody has said so.
select (select value from bundletop_control where key = 'reads.from') as side;
