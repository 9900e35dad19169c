-- digest.sql: rows and digest of one table, whatever order its rows lie in: the sum of each row's md5, as
-- two numbers. Constant memory; a row lost, changed or doubled changes the sum.
-- Reads {table}. Writes nothing.
SELECT count(*),
       coalesce(sum(('x' || left(m, 15))::bit(60)::bigint), 0) || ':' ||
       coalesce(sum(('x' || right(m, 15))::bit(60)::bigint), 0)
FROM   (SELECT md5(t::text) AS m FROM {table} AS t) AS r
