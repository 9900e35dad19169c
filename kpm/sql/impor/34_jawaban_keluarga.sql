-- 34_jawaban_keluarga.sql: answers of keluarga that this sumber has answers of. Equal ones are left alone.
-- App. Reads impor_jawaban. Writes kpm_jawabankeluarga. An empty cell takes the answer away; a column the file
-- lacks, and a cell outside the code list, leave it.
UPDATE kpm_jawabankeluarga AS t
SET    isi = jsonb_strip_nulls(t.isi || b.isi)
FROM   impor_jawaban AS b
WHERE  %(tulis_jawaban)s AND t.keluarga_id = b.keluarga_id AND t.instrumen = b.instrumen AND t.sumber_id = %(sumber)s
AND    t.isi <> jsonb_strip_nulls(t.isi || b.isi)
