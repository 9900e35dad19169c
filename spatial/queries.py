"""What other rooms and the map ask of the land: resolving names in bulk, boundaries, search."""

from __future__ import annotations

from pathlib import Path

from psycopg2 import sql

from spatial.models import VersiBatas, Wilayah

SQL = Path(__file__).parent / "sql"


def resolve_sql(
    source: str | sql.Composable,
    *,
    kabupaten: str | sql.Composable = "kabupaten",
    kecamatan: str | sql.Composable = "kecamatan",
    desa: str | sql.Composable = "desa",
) -> sql.Composed:
    """Return the SELECT that turns the spellings of a file into village codes, all at once.

    `source` is a table (a name, or `sql.Identifier("staging", "job_7")`, or a subquery in brackets with
    its alias); the three columns hold the spellings as written. One row comes back per distinct triple:

        kabupaten, kecamatan, desa   as written, NULL stays NULL: join with IS NOT DISTINCT FROM
        kode         village code, or NULL
        ejaan_lain   true when a name was found under another spelling than the official one
        alasan       NULL when kode stands, else kabupaten_kosong, kabupaten_tidak_dikenal,
                     kecamatan_kosong, kecamatan_tidak_dikenal, desa_kosong, desa_tidak_dikenal,
                     kode_tidak_dikenal, kode_bertentangan (code and names disagree),
                     kode_dua_arti (the digits are also another village's BPS code)
        saran_kode, saran_nama   nearest spelling at the level that failed, or NULL: a hint for a person
    """

    def part(value: str | sql.Composable) -> sql.Composable:
        return sql.Identifier(value) if isinstance(value, str) else value

    return sql.SQL((SQL / "resolve_wilayah.sql").read_text()).format(
        source=part(source), kabupaten=part(kabupaten), kecamatan=part(kecamatan), desa=part(desa)
    )


def villages_without_batas(versi: VersiBatas):
    """The desa and kelurahan that this version draws no boundary for: counted, never lost."""
    return Wilayah.objects.villages().exclude(kode__in=versi.batas_list.values("wilayah_id"))
