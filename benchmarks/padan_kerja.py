"""One measured match in a process of its own: `python -m benchmarks.padan_kerja tepat|saja`.

tepat: ours, the exact step and Splink for the rest.  saja: Splink alone, same model, blocking and thresholds. Both
from the tables in PostgreSQL to the results there, by the functions a worker calls. The last line is JSON.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import django

django.setup()

from django.db import connection  # noqa: E402  (models need django.setup)

from access.models import User  # noqa: E402
from access.scope import as_matcher, use_territory  # noqa: E402
from benchmarks.measure import own_peak_mb  # noqa: E402
from jobs import staging  # noqa: E402
from jobs.actions import claim_here  # noqa: E402
from padan import actions  # noqa: E402
from padan.models import Ekstrak  # noqa: E402

NILAI = Path(__file__).parent / "sql" / "padan_nilai.sql"


def main(what: str) -> None:
    by = User.objects.get(username="bench-padan")
    run = actions.start_pencocokan(ekstrak=Ekstrak.objects.latest("pk"), by=by)
    with use_territory(by), as_matcher("bench: padan"):
        start = time.perf_counter()
        job = claim_here(run.job)
        tables = actions.tables_of(job)
        found = actions.ask_engine(job, run, tables, exact=what == "tepat")
        actions.merge(job, run, tables, found)
        seconds = time.perf_counter() - start
        with connection.cursor() as cursor:
            cursor.execute(NILAI.read_text().replace("{hasil}", tables["hasil"]))
            orang, presisi, recall, tanpa_nik, salah, absen = cursor.fetchone()
        staging.drop_staging(job)
    print(
        json.dumps(
            {
                "detik": seconds,
                "orang": orang,
                "langkah": job.laporan["detik"],
                "hasil": job.laporan["hasil"],
                "pasangan": found["pasangan"],
                "presisi": float(presisi or 0),
                "recall": float(recall or 0),
                "recall_tanpa_nik": float(tanpa_nik or 0),
                "salah_tidak_ada": float(salah or 0),
                "tidak_ada": absen,
                "rss_mb": own_peak_mb(),
            }
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
