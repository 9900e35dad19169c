# What stands in the database before the first page: tables, wilayah, boundaries, the demo. Sourced.

# open_server: the server's database and Redis, private ones or those of the settings.
open_server() {
  local private=()
  export DATABASE_URL REDIS_URL SENTRAL_ENV SENTRAL_DATA SECRET_KEY
  DATABASE_URL=$(setting DATABASE_URL) REDIS_URL=$(setting REDIS_URL)
  [ -n "$DATABASE_URL" ] || private+=(postgres)
  [ -n "$REDIS_URL" ] || private+=(redis)
  find_places server
  if [ -n "$DATABASE_URL" ]; then
    local name
    for name in DATABASE_OWNER_URL DATABASE_LOADER_URL; do
      [ -n "$(setting $name)" ] || die "DATABASE_URL diisi, tetapi $name belum: isi juga di lingkungan atau .env."
    done
  fi
  if [ ${#private[@]} -gt 0 ]; then
    trap close_cluster EXIT
    use_cluster server "${private[@]}"
  else
    mkdir -p "$DATA"
  fi
  [[ " ${private[*]} " = *" redis "* ]] || python -c 'import redis, sys; redis.from_url(sys.argv[1]).ping()' \
    "$REDIS_URL" 2>/dev/null || die "Redis di REDIS_URL tidak menjawab."
  SENTRAL_ENV=$(setting SENTRAL_ENV development)
  SENTRAL_DATA=$(setting SENTRAL_DATA "$DATA/berkas")
  mkdir -p -m 700 "$SENTRAL_DATA"
  SECRET_KEY=$(setting SECRET_KEY)
  if [ -z "$SECRET_KEY" ] && [ "$SENTRAL_ENV" = development ]; then
    [ -s "$LOCAL/secret" ] || (umask 077 && head -c 48 /dev/urandom | base64 -w0 >"$LOCAL/secret")
    SECRET_KEY=$(<"$LOCAL/secret")
  fi
  [ -n "$SECRET_KEY" ] || die "SECRET_KEY belum diisi. Isi di lingkungan atau di berkas .env."
}

is_private() { [[ $DATABASE_URL = *"?host=$SOCKETS" ]]; }

# prepare_data: tables, wilayah and boundaries; a private database remembers what it has seen.
prepare_data() {
  local hash
  hash=$(hash_of ./*/migrations data spatial)
  if ! { is_private && stamped "$DATA/data.stamp" "$hash"; }; then
    step "Menyiapkan tabel, wilayah dan batas."
    quietly "Migrasi" migrate python manage.py migrate --no-input
    quietly "Pemuatan wilayah" wilayah python manage.py muat_wilayah
    quietly "Penghitungan batas" batas python manage.py hitung_batas
    say "$hash" >"$DATA/data.stamp"
  fi
}

# check_role: an app role that walks through the walls stops the start (access/checks.py).
check_role() {
  local log=$LOCAL/log/peran.log
  python manage.py check --database default --tag database >"$log" 2>&1 ||
    die "$(grep -oP '\(access\.E\d+\) \K.*' "$log" || say "Basis data di DATABASE_URL tidak menjawab; lihat $log.")"
}

# prepare_demo demo|kosong: an invented province, once, and never into an existing database.
prepare_demo() {
  is_private && [ "$SENTRAL_ENV" = development ] && [ ! -f "$DATA/demo.stamp" ] || return 0
  if [ "$1" = demo ]; then
    need_space 500 "$DATA"
    step "Membuat provinsi demo lewat impor yang sebenarnya (sekali saja)."
    quietly "Pembuatan demo" demo python manage.py demo --keluarga 3000
  fi
  say "$1" >"$DATA/demo.stamp"
}

# open_backup: what backup and restore need, of a server with settings or of this checkout's own.
open_backup() {
  pg_programs
  [ -x .venv/bin/python ] || die "SENTRAL belum terpasang di folder ini: jalankan script/release dulu."
  local name
  for name in DATABASE_BACKUP_URL DATABASE_SUPER_URL SENTRAL_BACKUP_RECIPIENT SENTRAL_BACKUP_DIR SENTRAL_BACKUP_KEEP; do
    export "$name=$(setting $name)"
  done
  DATABASE_URL=$(setting DATABASE_URL)
  if [ -n "$DATABASE_URL" ]; then # may run where the checkout cannot be written
    SENTRAL_DATA=$(setting SENTRAL_DATA)
    [ -n "$SENTRAL_DATA" ] || die "SENTRAL_DATA belum diisi. Isi di lingkungan atau di berkas .env."
    export DATABASE_URL SENTRAL_DATA SENTRAL_BACKUP_DIR=${SENTRAL_BACKUP_DIR:-$SENTRAL_DATA-cadangan}
  else
    [ "$(setting SENTRAL_ENV)" != production ] ||
      die "DATABASE_URL belum diisi: di server pekerjaan ini tidak boleh mengenai PostgreSQL pribadi folder ini."
    make_local
    say "DATABASE_URL belum diisi: yang dipakai PostgreSQL pribadi folder ini ($ROOT)."
    open_server
    export SENTRAL_BACKUP_DIR=${SENTRAL_BACKUP_DIR:-$DATA/cadangan}
  fi
}
