-- kpm_statistik(): tell the planner what an import has just written, in the same transaction.
-- Runs as the tables' owner, since only he may ANALYZE; reads samples, returns nothing, changes no row.
-- Without it the first import into empty tables is planned for one row and takes minutes.
CREATE OR REPLACE FUNCTION kpm_statistik() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    ANALYZE kpm_keluarga, kpm_anggota, kpm_kepesertaan, kpm_peringkat;
END
$$
