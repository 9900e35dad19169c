-- volume.sql: add to the day's count of one user and kind, and give back the new count.
-- Reads and writes access_volume. Concurrent requests of one user wait for each other here, so each count
-- is given back once, and exactly one of them is the one that passes a threshold.
INSERT INTO access_volume (pengguna_id, tanggal, jenis, banyak)
VALUES (%(pengguna)s, %(tanggal)s, %(jenis)s, %(banyak)s)
ON CONFLICT (pengguna_id, tanggal, jenis) DO UPDATE
SET    banyak = access_volume.banyak + EXCLUDED.banyak
RETURNING banyak
