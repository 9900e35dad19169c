-- 01b_lepas.sql: what was read before the rows were held may be old: it is read again (step 01).
DROP TABLE {calon}
