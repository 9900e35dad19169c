-- 08_tandai.sql: what steps 5 to 7 found, brought back to the rows. Loader. Reads {calon}. Writes {periksa}.
UPDATE {periksa} AS p
SET    tolak = c.tolak, catatan = c.catatan
FROM   {calon} AS c
WHERE  p.baris = c.baris AND (p.tolak, p.catatan) <> (c.tolak, c.catatan)
