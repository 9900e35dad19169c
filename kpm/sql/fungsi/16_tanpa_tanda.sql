-- kpm_tanpa_tanda(text): a cell without signs that nobody sees: controls, zero widths, and those that turn the
-- direction of writing. Line breaks and tabs become one blank, so that two words stay two.
CREATE OR REPLACE FUNCTION kpm_tanpa_tanda(tulisan text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT regexp_replace(regexp_replace(tulisan,
        '[\u0001-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]',
        '', 'g'), '[\s\u0085\u2028\u2029]+', ' ', 'g')
$$
