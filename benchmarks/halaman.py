"""`halaman`: every page of every peran in a full province, against bare SQL and without policies.

One run, one machine. benchmarks/pages.py asks for the pages in processes of their own: in the empty
database of the bench it counts queries over 2 rows and over 200, in the full province (script/bench makes
it once, by the real import) it measures. Pages take turns in a new order each round, each with the
policies and as a role that walks through them.
"""

from __future__ import annotations

import json
import os
from statistics import median
from urllib.parse import urlsplit, urlunsplit

from benchmarks import database
from benchmarks.measure import cost_percent, percentile, run_apart
from benchmarks.pages import APP, BYPASS

MODULE = "benchmarks.pages"
SLOW = 0.95


def bench(keluarga: int, ulang: int) -> dict:
    """Measure, print a table, return the figures."""
    database.refuse_a_used_database()
    counted = run_apart("kueri", module=MODULE)
    for line in counted["tumbuh"]:
        print(f"Kueri bertambah bersama baris: {line}")
    found = run_apart("waktu", str(ulang), module=MODULE, environment=_province(keluarga))
    pages = found["halaman"]
    _print_table(pages)
    figures = summary(pages) | {"kueri_tetap": counted["tetap"]}
    order = ["p95_ms", "kueri_tetap", "rls_biaya_persen", "p95_halaman", "dingin_ms", "dingin_halaman"]
    figures = (
        {"bench": "halaman", "keluarga": found["keluarga"]}
        | {name: figures[name] for name in order}
        | {"anggota": found["anggota"], "halaman": len(pages), "putaran": ulang}
    )
    print(json.dumps(figures))
    return figures


def _province(keluarga: int) -> dict[str, str]:
    roles = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_LOADER_URL")
    return {
        role: urlunsplit(urlsplit(os.environ[role])._replace(path=f"/halaman_{keluarga}")) for role in roles
    }


def summary(pages: list[dict]) -> dict:
    """The slowest page by its 95th percentile, the slowest first call, and what the policies cost.

    The cost compares whole rounds, the sum of all pages of each, as the pages were asked in turn.
    """
    slowest = max(pages, key=lambda page: percentile(page["detik"][APP], SLOW))
    coldest = max(pages, key=lambda page: median(page["detik"]["dingin"]))
    rounds = zip(
        *(zip(page["detik"][APP], page["detik"][BYPASS], strict=True) for page in pages), strict=True
    )
    pairs = [(sum(app for app, _ in one), sum(bypass for _, bypass in one)) for one in rounds]
    return {
        "p95_ms": round(percentile(slowest["detik"][APP], SLOW) * 1000, 1),
        "p95_halaman": f"{slowest['nama']} ({slowest['peran']})",
        "dingin_ms": round(median(coldest["detik"]["dingin"]) * 1000, 1),
        "dingin_halaman": f"{coldest['nama']} ({coldest['peran']})",
        "rls_biaya_persen": cost_percent(pairs),
    }


def _print_table(pages: list[dict]) -> None:
    heads = ("halaman", "peran", "kueri", "median", "p95", "dingin", "SQL polos", "x polos", "RLS %")
    print(
        f"\n{heads[0]:28} {heads[1]:10} {heads[2]:>5} {heads[3]:>7} {heads[4]:>7} {heads[5]:>7}"
        f" {heads[6]:>9} {heads[7]:>7} {heads[8]:>6}   (ms)"
    )
    for page in pages:
        detik = page["detik"]
        own = median(detik[APP])
        bare = median(detik["polos"]) if "polos" in detik else None
        print(
            f"{page['nama']:28} {page['peran']:10} {page['kueri']:>5} {own * 1000:>7.1f}"
            f" {percentile(detik[APP], SLOW) * 1000:>7.1f} {median(detik['dingin']) * 1000:>7.1f}"
            f" {f'{bare * 1000:.1f}' if bare else '':>9} {f'{own / bare:.1f}' if bare else '':>7}"
            f" {cost_percent(list(zip(detik[APP], detik[BYPASS], strict=True))):>6}"
        )
