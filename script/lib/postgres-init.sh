#!/usr/bin/env bash
# First start of the PostgreSQL container: roles and database by cluster.sql, passwords from the four URLs.
set -euo pipefail

unescape() { printf '%b' "${1//%/\\x}"; } # an URL writes @ as %40

psql --no-psqlrc --username postgres --dbname postgres -v database=sentral -f /sentral/cluster.sql
for url in "$DATABASE_OWNER_URL" "$DATABASE_URL" "$DATABASE_LOADER_URL" "$DATABASE_BACKUP_URL"; do
  userinfo=${url#*://} userinfo=${userinfo%%@*}
  role=$(unescape "${userinfo%%:*}") password=$(unescape "${userinfo#*:}")
  # By the environment: an argument stands in the process list.
  ROLE=$role PASSWORD=$password psql --no-psqlrc --quiet --username postgres --dbname postgres \
    -v ON_ERROR_STOP=1 <<<"\\getenv role ROLE
\\getenv password PASSWORD
ALTER ROLE :\"role\" PASSWORD :'password'"
done
