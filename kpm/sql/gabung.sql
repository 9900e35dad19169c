-- kpm_gabung(jsonb ORDER BY ...): objects laid over each other, a later one above the earlier ones.
CREATE AGGREGATE kpm_gabung(jsonb) (SFUNC = jsonb_concat, STYPE = jsonb, INITCOND = '{}')
