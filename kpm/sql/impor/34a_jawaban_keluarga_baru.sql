-- 34a_jawaban_keluarga_baru.sql: impor_jawaban -> kpm_jawabankeluarga, the first answers of this sumber.
-- App. Reads impor_jawaban, impor_kk. Writes kpm_jawabankeluarga; (keluarga, sumber, instrumen) is unique.
INSERT INTO kpm_jawabankeluarga (keluarga_id, sumber_id, instrumen, wilayah_id, job_id, isi)
SELECT b.keluarga_id, %(sumber)s, b.instrumen, b.wilayah_id, %(job)s, jsonb_strip_nulls(b.isi)
FROM   impor_jawaban AS b
WHERE  jsonb_strip_nulls(b.isi) <> '{{}}'
AND    (%(tulis_jawaban)s OR EXISTS (SELECT FROM impor_kk AS k WHERE k.id = b.keluarga_id AND k.baru))
AND    NOT EXISTS (
    SELECT FROM kpm_jawabankeluarga AS ada
    WHERE ada.keluarga_id = b.keluarga_id AND ada.instrumen = b.instrumen AND ada.sumber_id = %(sumber)s
)
