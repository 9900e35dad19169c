-- 00_peristiwa.sql: the rows of one register that have an event of the work to be undone.
-- Reads {riwayat}. Writes the temporary table {peristiwa}: counted before it is joined, since right after an undo
-- of everything the planner believes the register to be empty.
CREATE TEMPORARY TABLE {peristiwa} ON COMMIT DROP AS
SELECT DISTINCT pgh_obj_id AS id FROM {riwayat} WHERE pgh_context_id = ANY (%(konteks)s::uuid[])
