"""The reasons behind a result, in words. The codes are the engine's (mesin/langkah/80_hasil.sql)."""

from __future__ import annotations

from collections.abc import Iterable

KATA = {
    "nik_sama": "NIK ada di data Dukcapil",
    "nik_orang_lain": "NIK ada di data Dukcapil pada orang lain",
    "nik_kosong": "NIK kosong",
    "nik_bentuk": "bentuk NIK salah",
    "nik_tidak_ada": "NIK tidak ada di data Dukcapil",
    "nama_beda": "nama tidak persis sama",
    "lahir_kosong": "tanggal lahir kosong",
    "lahir_beda": "tanggal lahir berbeda",
    "kelamin_beda": "jenis kelamin berbeda",
    "nik_ganda": "NIK tercatat pada lebih dari satu orang",
    "meninggal": "tercatat meninggal",
    "nonaktif": "NIK tidak aktif",
    "desa_lain": "tercatat di desa lain",
    "calon_jelas": "satu orang jelas mirip",
    "calon_beberapa": "beberapa orang mirip",
    "calon_ragu": "satu orang mungkin sama",
    "tercatat_dua_kali": "orang ini tercatat dua kali dalam daftar",
    "terlalu_banyak": "terlalu banyak orang yang mirip",
}


def words(codes: Iterable[str]) -> str:
    """The reasons in their order; a code that nobody here knows says nothing."""
    return ", ".join(KATA[code] for code in codes if code in KATA)
