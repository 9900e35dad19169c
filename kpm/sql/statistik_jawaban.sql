-- kpm_statistik_jawaban(): as kpm_statistik, for the answers, which only some files bring.
CREATE OR REPLACE FUNCTION kpm_statistik_jawaban() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    ANALYZE kpm_jawabankeluarga, kpm_jawabananggota;
END
$$
