-- 34b_jawaban_anggota.sql: answers of persons that this sumber has answers of. As step 34.
-- App. Reads impor_hasil, {jawaban}. Writes kpm_jawabananggota.
UPDATE kpm_jawabananggota AS t
SET    isi = jsonb_strip_nulls(t.isi || j.anggota)
FROM   impor_hasil AS h
JOIN   {jawaban} AS j ON j.baris = h.baris
WHERE  %(tulis_jawaban)s AND h.tolak = 0 AND NOT h.baru
AND    t.anggota_id = h.anggota_id AND t.instrumen = j.instrumen AND t.sumber_id = %(sumber)s
AND    t.isi <> jsonb_strip_nulls(t.isi || j.anggota)
