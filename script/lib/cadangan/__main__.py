"""Encrypted backup and restore: `cadangan make`, `cadangan restore FILE --identity KEY [--ganti]`.

A backup is one tar, encrypted by age while it is written; nothing in clear ever reaches the disk:

    kepala.json        format, time, versions
    basis-data/000001  pieces of one `pg_dump --format=custom`
    berkas/...         what lies below SENTRAL_DATA, without what is scratch
    manifest.json      rows and digest of every table, rights and policies, sha256 of every file

The digests are taken in the snapshot that pg_dump reads, so they hold for the dump to the row while the
site goes on writing. A restore fills a new database, compares all of it with the manifest, and only then
puts it in the place of the old one. Exit codes: 0 done; 1 refused or failed, and nothing was replaced
unless the sentence says what was.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import psycopg2

from script.lib.cadangan.database import STOPPING, Refused, database_of
from script.lib.cadangan.make import make, note
from script.lib.cadangan.restore import restore


def stop(*_: Any) -> NoReturn:
    raise Refused("Dihentikan sebelum selesai. Tidak ada yang diganti.")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(add_help=False)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("make")
    back = verbs.add_parser("restore")
    back.add_argument("file", type=Path)
    back.add_argument("--identity", type=Path, required=True)
    back.add_argument("--ganti", action="store_true")
    return parser.parse_args()


def main() -> int:
    os.umask(0o077)
    for number in STOPPING:
        signal.signal(number, stop)
    asked = arguments()
    data = Path(os.environ["SENTRAL_DATA"])
    try:
        if asked.verb == "restore":
            superuser, name = os.environ["DATABASE_SUPER_URL"], database_of(os.environ["DATABASE_URL"])
            restore(
                asked.file, asked.identity, superuser=superuser, name=name, data=data, replace=asked.ganti
            )
        else:
            keep = os.environ.get("SENTRAL_BACKUP_KEEP") or "14"
            if not keep.isdigit() or int(keep) < 1:
                raise Refused(f"SENTRAL_BACKUP_KEEP={keep} bukan jumlah cadangan: isi angka mulai dari 1.")
            make(Path(os.environ["SENTRAL_BACKUP_DIR"]), int(keep), os.environ["DATABASE_BACKUP_URL"], data)
    except Refused as refused:
        return failed(asked.verb, data, str(refused))
    except OSError as error:
        full = "Disk penuh. Kosongkan dulu, lalu jalankan lagi." if error.errno == 28 else ""
        return failed(
            asked.verb, data, full or f"Tidak dapat menulis atau membaca {error.filename}: {error.strerror}."
        )
    except psycopg2.Error as error:
        return failed(
            asked.verb, data, f"Basis data menolak ({type(error).__name__}). Tidak ada yang diganti."
        )
    return 0


def failed(verb: str, data: Path, sentence: str) -> int:
    sys.stderr.write(sentence + "\n")
    if verb == "make":
        with contextlib.suppress(OSError):
            note(
                data, {"gagal": {"waktu": datetime.now(UTC).isoformat(timespec="seconds"), "sebab": sentence}}
            )
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
