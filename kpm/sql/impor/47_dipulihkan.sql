-- 47_dipulihkan.sql: the refused rows that this mended workbook brought in. App. Reads impor_hasil, {mentah}.
-- Writes kpm_barisditolak of the first import. What another applied import mended stays its own.
UPDATE kpm_barisditolak AS d
SET    perbaikan_id = %(impor)s
FROM   impor_hasil AS h
JOIN   (SELECT baris, {baris_asal} AS asal FROM {mentah}) AS m USING (baris)
WHERE  h.tolak = 0 AND d.impor_id = %(asal)s
AND    NOT EXISTS (SELECT FROM kpm_impor AS i WHERE i.id = d.perbaikan_id AND i.keadaan = 'diterapkan')
AND    d.baris = m.asal
