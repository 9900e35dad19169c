-- 45_ditolak.sql: the refused rows as they stood in the file, with their reasons. For the reject workbook.
-- App. Reads impor_hasil, {mentah}, {wilayah}.
SELECT m.baris, h.tolak, w.saran_nama, {semua_kolom}
FROM impor_hasil AS h
JOIN {mentah} AS m USING (baris)
LEFT JOIN {wilayah} AS w
       ON w.tolak = %(DESA_TAK_DIKENAL)s
      AND coalesce(w.kabupaten, '') = coalesce({kabupaten}, '')
      AND coalesce(w.kecamatan, '') = coalesce({kecamatan}, '')
      AND coalesce(w.desa, '') = coalesce({desa}, '')
WHERE h.tolak <> 0
ORDER BY m.baris
