-- rekap_tulis.sql: cells -> kpm_rekap. Equal cells are left alone.
-- Reads the given arrays. Writes kpm_rekap; (wilayah, ukuran) is unique.
INSERT INTO kpm_rekap AS t (wilayah_id, ukuran, pembilang, penyebut, dihitung)
SELECT wilayah_id, ukuran, pembilang, penyebut, now()
FROM unnest(%(wilayah)s::text[], %(ukuran)s::text[], %(pembilang)s::bigint[], %(penyebut)s::bigint[])
     AS b (wilayah_id, ukuran, pembilang, penyebut)
ON CONFLICT (wilayah_id, ukuran) DO UPDATE
SET    pembilang = EXCLUDED.pembilang, penyebut = EXCLUDED.penyebut, dihitung = now()
WHERE  (t.pembilang, t.penyebut) IS DISTINCT FROM (EXCLUDED.pembilang, EXCLUDED.penyebut)
