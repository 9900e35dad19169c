-- Roles, database, extensions and default rights of SENTRAL. Safe to run again.
--
-- For an existing PostgreSQL (15 or newer, with PostGIS 3) run it once as superuser:
--     psql -d postgres -v database=sentral -f script/lib/cluster.sql
-- and give the four roles a password: \password sentral_owner, \password sentral_app,
-- \password sentral_loader, \password sentral_backup. Their URLs go into .env (see .env.example).
--
-- sentral_owner migrates and owns the tables, sentral_app serves and owns nothing, sentral_loader
-- owns the staging tables (docs/decisions/0001-private-cluster.md). sentral_backup reads everything
-- and writes nothing: the policies hold the owner too, whose dump would be refused or empty.

\set ON_ERROR_STOP on
\set QUIET on
SET client_min_messages = warning;

SELECT format('CREATE ROLE %I LOGIN', name)
FROM   unnest(ARRAY['sentral_owner', 'sentral_app', 'sentral_loader', 'sentral_backup']) AS name
WHERE  NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
\gexec
ALTER ROLE sentral_backup BYPASSRLS NOSUPERUSER NOCREATEDB NOCREATEROLE;
GRANT pg_read_all_data TO sentral_backup;
ALTER ROLE sentral_backup SET default_transaction_read_only = on;

SELECT format('CREATE DATABASE %I OWNER sentral_owner ENCODING ''UTF8'' TEMPLATE template0', :'database')
WHERE  NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database')
\gexec

\connect :database
SET client_min_messages = warning;

CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gist;

ALTER SCHEMA public OWNER TO sentral_owner;
GRANT USAGE ON SCHEMA public TO sentral_app, sentral_loader;
CREATE SCHEMA IF NOT EXISTS staging AUTHORIZATION sentral_loader;
GRANT USAGE ON SCHEMA staging TO sentral_app;

ALTER DEFAULT PRIVILEGES FOR ROLE sentral_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO sentral_app;
ALTER DEFAULT PRIVILEGES FOR ROLE sentral_owner IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO sentral_app;
ALTER DEFAULT PRIVILEGES FOR ROLE sentral_owner IN SCHEMA public
    GRANT SELECT ON TABLES TO sentral_loader;
ALTER DEFAULT PRIVILEGES FOR ROLE sentral_loader IN SCHEMA staging
    GRANT SELECT ON TABLES TO sentral_app;

-- Behind row-level security an operator that is not leakproof loses its index (25 ms against 0.9
-- for one map tile). What these can leak is that a row with such a name or place exists somewhere.
ALTER FUNCTION geometry_overlaps(geometry, geometry) LEAKPROOF;
ALTER FUNCTION texticlike(text, text) LEAKPROOF;
ALTER FUNCTION textlike(text, text) LEAKPROOF;
ALTER FUNCTION similarity_op(text, text) LEAKPROOF;
ALTER FUNCTION jsonb_contains(jsonb, jsonb) LEAKPROOF;
