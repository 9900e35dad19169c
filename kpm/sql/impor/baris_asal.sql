-- baris_asal.sql: the row of the first file that a row of its reject workbook was, as c0 says (linked.row_name); a part
-- of steps 3b and 47. NULL for anything else. Households are counted from %(geser)s on, as in step 0, and the rows of
-- each of several sheets (lembar, in their order) from a multiple of %(geser_lembar)s.

CASE WHEN kpm_rapi(c0) ~ '^(keluarga )?[0-9]{1,9}$'
     THEN substring(c0 FROM '[0-9]+')::bigint + CASE WHEN c0 LIKE '%%keluarga%%' THEN %(geser)s ELSE 0 END
     WHEN kpm_rapi(c0) ~ '^[0-9]{1,7} \(.*\)$'
     THEN substring(c0 FROM '[0-9]+')::bigint + %(geser_lembar)s * (array_position(
         ARRAY(SELECT kpm_rapi(n) FROM unnest(%(lembar)s::text[]) WITH ORDINALITY AS u (n, i) ORDER BY i),
         substring(kpm_rapi(c0) FROM '\((.*)\)$')) - 1)
END