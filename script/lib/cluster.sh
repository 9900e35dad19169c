# The private PostgreSQL and Redis of this checkout: no TCP, a socket in a folder of 0700. Sourced.
# Why it exists and what it trusts: docs/decisions/0001-private-cluster.md
#
# use_cluster NAME starts the servers (or takes over what a killed run left) and exports their URLs;
# close_cluster stops them, unless somebody else still uses them: two runs of the tests share theirs.
# NAME is server, uji (tests) or bench: fully apart from each other.

find_places() {
  if is_root; then # PostgreSQL refuses root, and its user cannot enter a checkout below /root
    CLUSTER_USER=postgres
    DATA=/var/lib/sentral/$CHECKOUT/$1
    SOCKETS=/run/sentral-$CHECKOUT/$1
  else
    CLUSTER_USER=$(id -un)
    DATA=$LOCAL/$1
    SOCKETS=/tmp/sentral-$(id -u)-$CHECKOUT/$1 # short: a socket path holds 107 bytes
  fi
  POSTGRES=$DATA/postgres REDIS=$DATA/redis
}

# as_cluster_user COMMAND...: a server must not inherit our locks (6 to 9), or they outlive us.
as_cluster_user() (
  cd /
  if is_root; then set -- runuser -u "$CLUSTER_USER" -- "$@"; fi
  "$@" 6>&- 7>&- 8>&- 9>&-
)

psql_super() { as_cluster_user "$BIN/psql" -qX -h "$SOCKETS" -p 5432 -U postgres "$@"; }

private_folder() { # made for the cluster's user alone; a stranger's folder of that name is refused
  local parent
  parent=$(dirname "$1")
  mkdir -p -m 711 "$parent"
  mkdir -p -m 700 "$1"
  for folder in "$parent" "$1"; do
    [ -O "$folder" ] || [ "$(stat -c %U "$folder")" = "$CLUSTER_USER" ] && [ ! -L "$folder" ] ||
      die "Folder $folder milik pengguna lain; SENTRAL tidak mau memakainya."
  done
  if is_root; then chown "$CLUSTER_USER" "$1"; fi
  chmod 700 "$1"
}

pids_in() { # processes at work in this folder: both servers make their data folder their own
  local cwd
  for cwd in /proc/[0-9]*/cwd; do
    if [ "$cwd" -ef "$1" ]; then cwd=${cwd#/proc/} && say "${cwd%/cwd}"; fi
  done
}

end_pids_in() { # SIGNAL FOLDER
  local pids
  pids=$(pids_in "$2")
  [ -n "$pids" ] || return 0
  # shellcheck disable=SC2086
  kill -"$1" $pids 2>/dev/null || true
  for _ in {1..100}; do
    [ -n "$(pids_in "$2")" ] || return 0
    sleep 0.1
  done
  die "Proses lama di $2 tidak mau berhenti: $(pids_in "$2" | paste -sd' ')."
}

postgres_answers() {
  [ -f "$POSTGRES/postmaster.pid" ] && [ "/proc/$(head -1 "$POSTGRES/postmaster.pid")/cwd" -ef "$POSTGRES" ] &&
    psql_super -d postgres -c 'SELECT 1' >/dev/null 2>&1
}

start_postgres() {
  postgres_answers && return
  # Left by a killed run, or started before the checkout was moved. The pid file goes only when
  # nothing works in the folder any more: it is PostgreSQL's own guard against two masters.
  end_pids_in QUIT "$POSTGRES"
  rm -f "$POSTGRES/postmaster.pid" "$SOCKETS"/.s.PGSQL.5432*
  if [ ! -f "$POSTGRES/PG_VERSION" ]; then
    need_space 1024 "$DATA"
    step "Menyiapkan PostgreSQL pribadi di $POSTGRES."
    rm -rf "$POSTGRES.baru"
    quietly "initdb" initdb as_cluster_user "$BIN/initdb" -D "$POSTGRES.baru" \
      --auth=trust -U postgres -E UTF8 --locale=C.UTF-8
    say "include = 'sentral.conf'" >>"$POSTGRES.baru/postgresql.conf"
    mv "$POSTGRES.baru" "$POSTGRES"
  fi
  postgres_settings "$1" >"$POSTGRES/sentral.conf"
  if is_root; then chown "$CLUSTER_USER" "$POSTGRES/sentral.conf"; fi
  quietly "PostgreSQL pribadi" pg_ctl as_cluster_user "$BIN/pg_ctl" start -w -t 120 -s -D "$POSTGRES" -l "$DATA/postgres.log"
}

# Sized from the memory of this machine: 2 GB is enough, 24 GB is used.
postgres_settings() {
  local mb
  mb=$(awk '/^MemTotal/ {print int($2 / 1024)}' /proc/meminfo)
  between() { printf %sMB "$(($1 < $2 ? $2 : $1 > $3 ? $3 : $1))"; }
  cat <<CONF
listen_addresses = ''
unix_socket_directories = '$SOCKETS'
unix_socket_permissions = 0700
port = 5432
max_connections = 100
shared_buffers = $(between $((mb / 16)) 96 1024)
effective_cache_size = $(between $((mb / 2)) 512 65536)
work_mem = $(between $((mb / 512)) 4 48)
maintenance_work_mem = $(between $((mb / 64)) 48 512)
max_wal_size = $(between $((mb / 8)) 512 4096)
checkpoint_timeout = 15min
random_page_cost = 1.1
jit = off
# A log line must not quote a citizen's row.
log_error_verbosity = terse
log_min_error_statement = panic
log_parameter_max_length_on_error = 0
CONF
  if [ "$1" = uji ]; then
    printf '%s = off\n' fsync synchronous_commit full_page_writes
  fi
}

start_redis() {
  [ "$(as_cluster_user redis-cli -s "$SOCKETS/redis.sock" ping 2>/dev/null)" = PONG ] &&
    [ -n "$(pids_in "$REDIS")" ] && return
  end_pids_in KILL "$REDIS"
  # Nothing is kept on disk: jobs stand in PostgreSQL, and the sweeper sends again what was queued.
  quietly "Redis pribadi" redis as_cluster_user redis-server --port 0 --unixsocket "$SOCKETS/redis.sock" \
    --unixsocketperm 700 --dir "$REDIS" --save '' --appendonly no --maxmemory-policy noeviction \
    --logfile "$DATA/redis.log" --daemonize yes
  for _ in {1..50}; do
    [ "$(as_cluster_user redis-cli -s "$SOCKETS/redis.sock" ping 2>/dev/null)" = PONG ] && return
    sleep 0.1
  done
  die "Redis pribadi tidak menjawab; lihat $DATA/redis.log."
}

prepare_database() { # roles, database, rights; again whenever the file changes
  local hash
  hash=$(hash_of script/lib/cluster.sql)
  stamped "$DATA/cluster.stamp" "$hash" && return
  quietly "Penyiapan basis data" cluster-sql psql_super -d postgres -v database=sentral -f - 0<script/lib/cluster.sql
  say "$hash" >"$DATA/cluster.stamp"
}

# use_cluster NAME [postgres] [redis]: without further words both.
use_cluster() {
  local name=$1
  shift
  [ $# -gt 0 ] || set -- postgres redis
  find_places "$name"
  BIN=$(postgres_bin) || BIN=
  mkdir -p "$DATA"
  if is_root; then
    chmod 711 /var/lib/sentral "/var/lib/sentral/$CHECKOUT"
    chown postgres "$DATA" && chmod 711 "$DATA"
  fi
  need_space 200 "$DATA"
  private_folder "$SOCKETS"
  exec 8>"$LOCAL/$name.start.lock" 9>"$LOCAL/$name.use.lock"
  flock 8
  flock -s 9
  if [[ " $* " = *" redis "* ]]; then
    mkdir -p "$REDIS"
    if is_root; then chown "$CLUSTER_USER" "$REDIS"; fi
    start_redis
    export REDIS_URL=unix://$SOCKETS/redis.sock
  fi
  if [[ " $* " = *" postgres "* ]]; then
    start_postgres "$name"
    prepare_database
    use_database sentral
  fi
  exec 8>&-
}

use_database() { # NAME, in the cluster in use
  export DATABASE_URL="postgis://sentral_app@/$1?host=$SOCKETS"
  export DATABASE_OWNER_URL="postgis://sentral_owner@/$1?host=$SOCKETS"
  export DATABASE_LOADER_URL="postgis://sentral_loader@/$1?host=$SOCKETS"
  export DATABASE_BACKUP_URL="postgis://sentral_backup@/$1?host=$SOCKETS"
  export DATABASE_SUPER_URL="postgis://postgres@/postgres?host=$SOCKETS"
}

close_cluster() {
  exec 8>"$LOCAL/${DATA##*/}.start.lock"
  flock 8
  flock -xn 9 || return 0 # somebody else is at work here and will be the last one out
  if [ -n "$(pids_in "$REDIS")" ]; then
    as_cluster_user redis-cli -s "$SOCKETS/redis.sock" shutdown nosave >/dev/null 2>&1 || true
    end_pids_in TERM "$REDIS"
  fi
  if [ -n "$(pids_in "$POSTGRES")" ]; then
    as_cluster_user "$BIN/pg_ctl" stop -s -m fast -w -t 60 -D "$POSTGRES" >/dev/null 2>&1 || true
    end_pids_in QUIT "$POSTGRES"
  fi
  rm -f "$SOCKETS/redis.sock"
  rmdir "$SOCKETS" 2>/dev/null && rmdir "$(dirname "$SOCKETS")" 2>/dev/null || true
}
