-- insiden_nama.sql: the two columns of insiden.sql that name a person, where a letter needs them.
-- Reads what insiden.sql reads. A first sign that a spreadsheet takes for a formula gets an apostrophe.
, regexp_replace(coalesce(a.nama, ae.nama, (
      SELECT nama FROM kpm_anggota WHERE keluarga_id = k.id ORDER BY kepala DESC, id LIMIT 1
  )), '^[-=+@\t\r＝＋－＠]', '''\&') AS nama
, regexp_replace(coalesce(k.alamat, ak.alamat, ke.alamat), '^[-=+@\t\r＝＋－＠]', '''\&') AS alamat
