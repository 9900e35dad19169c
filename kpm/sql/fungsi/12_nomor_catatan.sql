-- kpm_nomor_catatan(as written, as kept, bits): which of the given remark bits an id earned on its way.
CREATE OR REPLACE FUNCTION kpm_nomor_catatan(
    tulisan text, nomor text, spasi bigint, petik bigint, desimal bigint, pemisah bigint, tanda bigint
) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN rapi IS DISTINCT FROM nullif(tulisan, '') THEN spasi ELSE 0 END
         | CASE WHEN polos <> rapi THEN petik ELSE 0 END
         | CASE WHEN kpm_kosong(rapi) THEN tanda ELSE 0 END
         | CASE WHEN polos ~ '^[0-9]+[.,]0+$' THEN desimal
                WHEN nomor <> polos THEN pemisah ELSE 0 END
    FROM (SELECT kpm_rapi(tulisan) AS rapi,
                 btrim(ltrim(kpm_rapi(tulisan), U&'''`\00B4\2018\2019')) AS polos) AS q
$$
