-- rekap_jawaban_satu.sql: as rekap_jawaban.sql, of keluarga with one row of answers, which nearly all have: one
-- pass instead of a sort per measure. App, over the whole province. Reads kpm_jawabankeluarga, kpm_keluarga.
-- {angka}: two counts a measure, who answered and who has it (rekap.py).
SELECT k.wilayah_id, {angka}
FROM   kpm_jawabankeluarga AS j
JOIN   kpm_keluarga AS k ON k.id = j.keluarga_id
WHERE  k.status = 'aktif' AND k.wilayah_id IS NOT NULL
AND    NOT EXISTS (SELECT FROM kpm_jawabankeluarga AS lain WHERE lain.keluarga_id = j.keluarga_id AND lain.id <> j.id)
GROUP  BY k.wilayah_id
