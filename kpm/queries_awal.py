"""Words and numbers for the first look at an import, out of Impor.awal (preflight.py)."""

from __future__ import annotations

from typing import Any

from kpm.models import Impor
from kpm.preflight import ANSWERS, open_questions
from kpm.verdicts import VERDICTS

DELIMITERS = {"|": "garis tegak |", ";": "titik koma ;", ",": "koma ,", "\t": "tab"}
ENCODINGS = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "utf-16": "UTF-16", "cp1252": "Windows-1252"}
LAYOUTS = {"A23": "SIKS-NG, 23 kolom", "A17": "SIKS-NG, 17 kolom", "A": "SIKS-NG, kolom sebagian"}
ORDERS = {
    "dmy": "hari dulu, seperti 25-03-1980",
    "mdy": "bulan dulu, seperti 03-25-1980",
    "campur": "hari dulu dan bulan dulu bercampur",
    "ragu": "belum pasti, hari atau bulan dulu",
    "ymd": "tahun dulu, seperti 1980-03-25",
    "serial": "tanggal Excel",
    "nama": "dengan nama bulan",
    "kosong": "kosong",
}
CHOICES = {
    "dmy": ("Hari dulu", "05-03-1980 dibaca 5 Maret 1980."),
    "mdy": ("Bulan dulu", "05-03-1980 dibaca 3 Mei 1980."),
    "campur": (
        "Bercampur",
        "Yang hanya mungkin menurut satu urutan dibaca. Yang mungkin menurut keduanya ditolak, untuk Anda perbaiki.",
    ),
}
SHOWN = 5  # verdicts of each sort


def first_look_of(impor: Impor, user) -> dict[str, Any]:
    """What the page says of the first look, and what it asks; empty when there was none."""
    awal = impor.awal
    if not awal:
        return {}
    may_answer = impor.pemilik_id == user.pk and impor.keadaan in (
        Impor.Keadaan.BERTANYA,
        Impor.Keadaan.DITINJAU,
    )
    return awal | {
        "bentuk": awal["profil"] or LAYOUTS.get(awal["tata_letak"], awal["tata_letak"]),
        "pemisah": DELIMITERS.get(awal["pemisah"], ""),
        "pengodean": ENCODINGS.get(awal["pengodean"], awal["pengodean"]),
        "tanggal": [
            column | {"urutan": ORDERS[_order_read(impor, column)], "bukti": _proof(column)}
            for column in awal["tanggal"]
        ],
        "pertanyaan": [_asked(impor, ask) for ask in awal["pertanyaan"] if may_answer],
        "terbuka": impor.keadaan == Impor.Keadaan.BERTANYA,
        "perkiraan": "" if impor.tinjauan or open_questions(impor) else _forecast(awal),
        "vonis": [*_worded(awal["vonis_ditolak"], "ditolak"), *_worded(awal["vonis_catatan"], "catatan")],
        "baik": awal["nilai"]["huruf"] in "AB",
    }


def _order_read(impor: Impor, column: dict[str, Any]) -> str:
    return impor.aturan.get("tanggal", {}).get(column["kolom"], column["urutan"])


def _proof(column: dict[str, Any]) -> str:
    """In words what speaks for an order; empty when none is needed."""
    count = column["bukti"]
    parts = []
    if count["dmy"]:
        parts.append(f"{count['dmy']} tanggal hanya mungkin bila hari dulu")
    if count["mdy"]:
        parts.append(f"{count['mdy']} tanggal hanya mungkin bila bulan dulu")
    if not parts and count["nik_dmy"] + count["nik_mdy"]:
        parts.append(
            f"menurut NIK, {count['nik_dmy']} cocok bila hari dulu dan {count['nik_mdy']} bila bulan dulu"
        )
    return "; ".join(parts)


def _asked(impor: Impor, ask: dict[str, Any]) -> dict[str, Any]:
    """One question with its choices, the given answer marked."""
    chosen = impor.aturan.get("tanggal", {}).get(ask["kolom"], "")
    return {
        "kolom": ask["kolom"],
        "judul": ask["judul"],
        "bukti": _proof(ask),
        "dijawab": chosen,
        "pilihan": [
            {
                "nilai": value,
                "judul": CHOICES[value][0],
                "arti": CHOICES[value][1],
                "dipilih": value == chosen,
            }
            for value in ANSWERS[ask["urutan"]]
        ],
    }


def _forecast(awal: dict[str, Any]) -> str:
    """How many rows will be refused, as one says it."""
    low, high = awal["ditolak_persen"]
    if awal["utuh"]:
        return f"{awal['ditolak']} dari {awal['contoh']} baris akan ditolak."
    if low == 0:
        return f"Paling banyak kira-kira {high} dari 100 baris akan ditolak."
    return f"Kira-kira {low} sampai {high} dari 100 baris akan ditolak."


def _worded(lines: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [line | {"judul": VERDICTS[line["kode"]].judul, "jenis": kind} for line in lines[:SHOWN]]
