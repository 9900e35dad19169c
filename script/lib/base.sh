# Shared by all scripts: where things are, how to speak, settings, locks. Sourced, never run.
# Screens speak Indonesian; a failure is one sentence and an exit code that is not 0.

set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
cd "$ROOT"
export PATH="$ROOT/.venv/bin:$PATH" LC_ALL=C.UTF-8 PYTHONUNBUFFERED=1
unset PGHOST PGPORT PGUSER PGDATABASE PGDATA PGOPTIONS PYTHONPATH VIRTUAL_ENV

LOCAL=$ROOT/.local
CHECKOUT=$(printf %s "$ROOT" | sha256sum | cut -c1-8) # tells the clones on one machine apart

say() { printf '%s\n' "$*"; }
step() { printf '→ %s\n' "$*"; }
die() {
  printf '%s\n' "$*" >&2
  exit 1
}
is_root() { [ "$(id -u)" = 0 ]; }
have() { command -v "$1" >/dev/null 2>&1; }

make_local() {
  { mkdir -p -m 700 "$LOCAL" && mkdir -p "$LOCAL/log" "$LOCAL/stamp" && [ -w "$LOCAL" ]; } 2>/dev/null ||
    die "Folder $LOCAL tidak dapat ditulisi pengguna $(id -un): jalankan sebagai pemiliknya, atau hapus folder itu."
}

# setting NAME [DEFAULT]: from the environment, else from .env, else the default.
setting() {
  if [ -n "${!1:-}" ]; then
    printf %s "${!1}"
  elif [ -f .env ] && grep -qE "^(export )?$1=." .env; then
    grep -E "^(export )?$1=" .env | tail -1 | sed -E "s/^[^=]*=//; s/^(['\"])(.*)\1\$/\2/" | tr -d '\n'
  else
    printf %s "${2:-}"
  fi
}

# hash_of PATH...: one number for the content of files and folders.
hash_of() {
  find "$@" -type f -not -path '*/__pycache__/*' -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -c1-32
}

# stamped FILE HASH: has this work been done for this content?
stamped() { [ -f "$1" ] && [ "$(<"$1")" = "$2" ]; }

# need_space MB FOLDER: a full disk is said before it leaves something half done.
need_space() {
  local free
  free=$(df --output=avail -BM "$2" | tail -1 | tr -dc 0-9)
  [ "$free" -ge "$1" ] ||
    die "Ruang disk di $2 tinggal $free MB, perlu $1 MB: kosongkan dulu, lalu jalankan lagi."
}

# quietly WHAT LOG COMMAND...: pages of output go to a log; a failure becomes one sentence.
quietly() {
  local what=$1 log=$LOCAL/log/$2.log reason="lihat sebabnya di $LOCAL/log/$2.log"
  shift 2
  "$@" >"$log" 2>&1 && return
  if grep -qiE 'No space left|ENOSPC|Disk quota' "$log"; then
    reason="disk penuh; kosongkan dulu, lalu jalankan lagi"
  elif grep -qiE 'failure resolving|name resolution|NewConnectionError|ConnectTimeout|Failed to fetch|\b(ENOTFOUND|EAI_AGAIN|ETIMEDOUT)\b|network is unreachable' "$log"; then
    reason="jaringan tidak tersambung; sambungkan, lalu jalankan lagi (catatan: $log)"
  elif grep -q OperationalError "$log"; then
    reason="basis data tidak menjawab atau menolak (catatan: $log)"
  fi
  die "$what gagal: $reason."
}
