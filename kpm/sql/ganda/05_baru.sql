-- 05_baru.sql: who stands twice now. A group that was there keeps its number, a new one gets the next, and a decision
-- about people who look as they did then holds again. App. Reads ganda_hitung, kpm_putusanganda. Writes kpm_ganda.
INSERT INTO kpm_ganda (kelompok, jenis, kunci, anggota_id, keluarga_id, wilayah_id, orang, sidik, putusan_id, dibuat)
SELECT n.kelompok, h.jenis, h.kunci, h.anggota_id, h.keluarga_id, h.wilayah_id, h.orang, h.sidik, p.id, now()
FROM ganda_hitung AS h
JOIN (
    SELECT b.kunci, coalesce(lama.kelompok, nextval('kpm_ganda_kelompok')) AS kelompok
    FROM (SELECT DISTINCT kunci FROM ganda_hitung) AS b
    LEFT JOIN (SELECT DISTINCT kunci, kelompok FROM kpm_ganda) AS lama USING (kunci)
) AS n USING (kunci)
LEFT JOIN LATERAL (
    SELECT id FROM kpm_putusanganda AS q
    WHERE q.sidik = h.sidik AND q.hasil = 'beda' AND q.dibatalkan IS NULL
    ORDER BY id DESC LIMIT 1
) AS p ON true
WHERE NOT EXISTS (SELECT FROM kpm_ganda AS t WHERE t.kunci = h.kunci AND t.anggota_id = h.anggota_id)
