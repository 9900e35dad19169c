-- periksa_batas_kotak.sql: wilayah of a load that reach out of the box of the province.
-- Reads batas_satu (temporary). Writes nothing.
SELECT kode
FROM batas_satu
WHERE NOT ST_IsEmpty(geom)
AND   NOT ST_Covers(ST_MakeEnvelope(%(barat)s, %(selatan)s, %(timur)s, %(utara)s, 4326), ST_Envelope(geom))
ORDER BY kode
