-- 34c_jawaban_anggota_baru.sql: answers of persons -> kpm_jawabananggota, the first ones of this sumber.
-- App. Reads impor_hasil, kpm_anggota, {jawaban}. Writes kpm_jawabananggota; (anggota, sumber, instrumen) is unique.
INSERT INTO kpm_jawabananggota (anggota_id, sumber_id, instrumen, wilayah_id, job_id, isi)
SELECT h.anggota_id, %(sumber)s, j.instrumen, a.wilayah_id, %(job)s, jsonb_strip_nulls(j.anggota)
FROM   impor_hasil AS h
JOIN   {jawaban} AS j ON j.baris = h.baris
JOIN   kpm_anggota AS a ON a.id = h.anggota_id
WHERE  h.tolak = 0 AND jsonb_strip_nulls(j.anggota) <> '{{}}'
AND    (h.baru OR %(tulis_jawaban)s AND NOT EXISTS (
    SELECT FROM kpm_jawabananggota AS ada
    WHERE ada.anggota_id = h.anggota_id AND ada.instrumen = j.instrumen AND ada.sumber_id = %(sumber)s
))
