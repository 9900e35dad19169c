-- kpm_nama_normal(text): a name for comparing and sorting. Upper case; titles, degrees, (ALM), BIN and
-- BINTI gone; M., MOH., MUH., MOHD. in front are MUHAMMAD; no signs, no double blanks.
-- Old spelling and sound are padan's business. A name made of nothing else stays as it is.
CREATE OR REPLACE FUNCTION kpm_nama_normal(nama text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        -- most names of a DTKS file need nothing: capitals, no title in front, no BIN or ALM inside
        WHEN nama !~ '[^A-Z ]|  '
             AND split_part(nama, ' ', 1) NOT IN (
                 'H', 'HJ', 'DR', 'DRS', 'DRA', 'DRG', 'IR', 'KH', 'PROF', 'NY', 'TN', 'SDR', 'BPK', 'M', 'MOH', 'MOCH',
                 'MUH', 'MUCH', 'MOHD', 'MUHD', 'MHD', 'MOHAMAD', 'MOHAMMAD', 'MUHAMAD', 'MOHAMED', 'MUHAMMED',
                 'ALM', 'ALMH', 'ALMARHUM', 'ALMARHUMAH', 'BIN', 'BINTI')
             AND position(' BIN' IN nama) = 0 AND position(' ALM' IN nama) = 0
            THEN nama
        ELSE coalesce(nullif(btrim(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(
            regexp_replace(regexp_replace(regexp_replace(
                upper(nama),
                '\(?\mALM(ARHUMAH|ARHUM|H|N)?0?\M\.?\)?', ' ', 'g'),
                ',.*$', ''),
                '\m(S|M|A|D)\.\s?(PD|AG|SOS|SI|KOM|KEP|KEB|HUM|KES|IP|AP|TR|MD|PT|FARM|E|H|T|P|M)\M(\.\s?(I|K|SD|AUD))?\.?', ' ', 'g'),
                '^\s*((H|HJ|DR|DRS|DRA|DRG|IR|KH|PROF|NY|TN|SDR|BPK)(\.\s*|\s+))+(?=\S)', ''),
                '^\s*(M|MOH|MOCH|MUH|MUCH|MOHD|MUHD|MHD|MOHAMAD|MOHAMMAD|MUHAMAD|MOHAMED|MUHAMMED)(\.\s*|\s+)(?=\S)', 'MUHAMMAD '),
                '\m(BIN|BINTI)\M', ' ', 'g'),
                '[''`´‘’]', '', 'g'),
                '[^[:alnum:]]+', ' ', 'g')), ''), upper(nama))
    END
$$
