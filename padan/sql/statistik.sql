-- padan_statistik(): tell the planner what the loading of an extract has just written, in the same transaction.
-- Runs as the table's owner, since only he may ANALYZE; reads samples, returns nothing, changes no row.
CREATE OR REPLACE FUNCTION padan_statistik() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    ANALYZE padan_penduduk;
END
$$
