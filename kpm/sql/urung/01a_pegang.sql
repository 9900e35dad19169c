-- 01a_pegang.sql: hold the rows, so that whoever writes one waits until the undo is done. Reads {calon}, {tabel}.
SELECT count(*) FROM (SELECT t.id FROM {tabel} AS t JOIN {calon} AS c ON c.id = t.id FOR UPDATE OF t) AS t
