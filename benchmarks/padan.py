"""`padan`: a match of labelled lists with a labelled extract, against Splink alone, and how often it is right.

The sets are drawn from a seed that no test and no training uses (padan_orang.py). Each run works in a process of its
own on the same tables; rss_mb is that process with the engine below it. Asserted pairs are those of a result that
names a row of the extract (decision 0030): PADAN and its kin, and CALON with `calon_jelas`.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

from access.actions import save_penugasan, save_user
from access.models import Penugasan, Peran, User
from benchmarks import database
from benchmarks.measure import run_apart
from benchmarks.padan_orang import write
from kpm.models import Sumber
from padan.models import Ekstrak

SEED = "ukur"
ISI = Path(__file__).parent / "sql" / "padan_isi.sql"
OWN = ["padan_hasil", "padan_kandidat", "padan_pencocokan"]


def bench(baris: int, ekstrak: int, seed: str = SEED) -> dict:
    """Measure, print a table, return the figures."""
    database.refuse_a_used_database()
    with tempfile.TemporaryDirectory(prefix="sentral-bench-") as folder:
        os.environ["SENTRAL_DATA"] = folder
        fill(write(Path(folder) / "orang", baris, ekstrak, seed))
        ours = run_apart("tepat", module="benchmarks.padan_kerja")
        _tell("SENTRAL", ours)
        _forget()
        rival = run_apart("saja", module="benchmarks.padan_kerja")
        _tell("Splink saja", rival)
    steps = ours["langkah"]
    figures = {
        "bench": "padan",
        "baris": baris,
        "ekstrak": ekstrak,
        "detik": round(ours["detik"], 2),
        "detik_tepat": steps["tepat"],
        "detik_splink": steps["splink"],
        "rasio_splink_saja": round(rival["detik"] / ours["detik"], 2),
        **{key: round(ours[key], 5) for key in ("presisi", "recall", "recall_tanpa_nik", "salah_tidak_ada")},
        "rss_mb": round(ours["rss_mb"]),
        "rss_mb_splink_saja": round(rival["rss_mb"]),
        "langkah": steps,
        "langkah_splink_saja": rival["langkah"],
    }
    print(json.dumps(figures))
    return figures


def fill(folder: Path) -> Ekstrak:
    """Put a labelled set into the emptied database, as the owner; returns its extract."""
    by = _matcher()
    sumber = Sumber.objects.get_or_create(jenis=Sumber.Jenis.DTKS, periode="2026-10")[0]
    ekstrak = Ekstrak.objects.create(
        nama_berkas="ekstrak.csv",
        berkas="-",
        ukuran=1,
        sha256="0" * 64,
        tata_letak="bench",
        nomor_pks="bench",
        tujuan="bench",
        berlaku_sampai="2099-12-31",
        diserahkan_oleh="bench",
        cakupan_id="19",
        tanggal="2026-11-01",
        pemilik=by,
        keadaan=Ekstrak.Keadaan.SIAP,
    )
    with database.connect("owner") as owner, owner.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('sentral.semua', '1', false), set_config('sentral.pencocok', '1', false)"
        )
        for name in ("daftar", "ekstrak", "kebenaran"):
            with (folder / f"{name}.csv").open() as file:
                columns = ", ".join(f"{c} {_type(c)}" for c in file.readline().strip().split(","))
                cursor.execute(f"CREATE UNLOGGED TABLE bench_{name} ({columns})")
                file.seek(0)
                cursor.copy_expert(f"COPY bench_{name} FROM STDIN (FORMAT csv, HEADER, NULL '?')", file)
            cursor.execute(f"GRANT SELECT ON bench_{name} TO sentral_app")
            cursor.execute(f"ANALYZE bench_{name}")
        cursor.execute(ISI.read_text(), {"sumber": sumber.pk, "ekstrak": ekstrak.pk})
        owner.commit()
        owner.autocommit = True
        cursor.execute("VACUUM ANALYZE kpm_keluarga, kpm_anggota, padan_penduduk")
    return ekstrak


def _type(column: str) -> str:
    return "bigint" if column in {"anggota_id", "keluarga_id", "baris", "baris_lain"} else "text"


def _matcher() -> User:
    user = User(username="bench-padan", nama="Bench")
    user.set_unusable_password()
    save_user(user=user, by=None, changed=[])
    save_penugasan(penugasan=Penugasan(user=user, wilayah_id="19", peran=Peran.DINSOS_PROV), by=None)
    return user


def _forget() -> None:
    """As before the first run, so that the second finds the same tables."""
    with database.connect("owner") as owner, owner.cursor() as cursor:
        cursor.execute("SELECT set_config('sentral.semua', '1', false)")
        cursor.execute(f"TRUNCATE {', '.join(OWN)} CASCADE")
        cursor.execute("UPDATE kpm_anggota SET padan_hasil = '', padan_tanggal = NULL, padan_ekstrak = NULL")
        owner.commit()
        owner.autocommit = True
        cursor.execute("VACUUM FULL ANALYZE kpm_anggota")
        cursor.execute(f"VACUUM ANALYZE {', '.join(OWN)}")


def _tell(name: str, run: dict) -> None:
    shares = ", ".join(
        f"{key} {run[key]:.5f}" for key in ("presisi", "recall", "recall_tanpa_nik", "salah_tidak_ada")
    )
    print(f"{name}: {run['detik']:.1f} detik {run['langkah']}, {run['rss_mb']:.0f} MB")
    print(f"  {shares} (dari {run['tidak_ada']}); {run['pasangan']:,} pasangan; {run['hasil']}", flush=True)
