-- 85_pasangan.sql: pairs people will look at that Splink has not weighed: half found by the NIK, or its NIK another's.
-- Reads hasil, calon, nik_sama. Writes pasangan, and its ids in pasangan_o, pasangan_p.
CREATE OR REPLACE TABLE pasangan AS
SELECT h.orang, h.penduduk, CASE h.hasil WHEN 'GANDA' THEN 'ganda' WHEN 'CALON' THEN 'calon' ELSE 'sebagian' END AS jenis
FROM hasil AS h ANTI JOIN calon AS c ON c.orang = h.orang AND c.penduduk = h.penduduk
WHERE h.penduduk IS NOT NULL AND h.hasil IN ('PADAN_SEBAGIAN', 'GANDA', 'CALON')
UNION ALL
SELECT h.orang, n.dia.penduduk, 'beda' FROM hasil AS h JOIN nik_sama AS n ON n.orang = h.orang WHERE h.hasil = 'BEDA_ORANG';

CREATE OR REPLACE TABLE pasangan_o AS SELECT orang AS id FROM pasangan;
CREATE OR REPLACE TABLE pasangan_p AS SELECT penduduk AS id FROM pasangan
