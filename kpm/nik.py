"""What a NIK says by itself, and whether it agrees with its row: the rules of forms.

SQL says the same of whole files: kpm_nik_status and kpm_nik_beda (sql/fungsi/05, 25); tests/test_nik.py holds both
to each other. The region inside a NIK is where somebody was registered first: information, never an error.
"""

from __future__ import annotations

import re
from datetime import date

from django.utils import timezone
from stdnum import numdb
from stdnum.exceptions import InvalidComponent
from stdnum.id.nik import get_birth_date

from kpm.models import Anggota

Status = Anggota.NikStatus
DIGITS = re.compile(r"\d{16}", re.ASCII)
# 3.17E+15: the last digits are gone for ever
EXCEL = re.compile(r"['`]?\d+([.,]\d+)?E[+]?\d+", re.ASCII | re.IGNORECASE)
# Of Kemendagri: today's 38, 54 (the former Timor Timur), and 97, which BPS gives.
PROVINSI = frozenset(
    str(code)
    for codes in ((11, 19), (21, 21), (31, 36), (51, 54), (61, 65), (71, 76), (81, 82), (91, 97))
    for code in range(codes[0], codes[1] + 1)
)
# Younger than the list of python-stdnum, which has BPS codes for Papua.
PROVINSI_BARU = {
    "65": "Kalimantan Utara",
    "91": "Papua",
    "92": "Papua Barat",
    "93": "Papua Selatan",
    "94": "Papua Tengah",
    "95": "Papua Pegunungan",
    "96": "Papua Barat Daya",
}


def status(nik: str) -> str:
    """What is wrong with the form of a tidied NIK, the first of several; `valid` says nothing of whose it is."""
    if not nik:
        return Status.KOSONG
    if not DIGITS.fullmatch(nik):
        return Status.EXCEL if len(nik) <= 40 and EXCEL.fullmatch(nik) else Status.PANJANG
    if nik[:2] not in PROVINSI:
        return Status.WILAYAH
    # python-stdnum takes the day modulo 40, so that 85 would be the fifth.
    if not (1 <= int(nik[6:8]) <= 31 or 41 <= int(nik[6:8]) <= 71):
        return Status.TANGGAL
    try:
        get_birth_date(nik)
    except InvalidComponent:
        return Status.TANGGAL
    return Status.NOL if nik.endswith("0000") else Status.VALID


def beda(nik: str, lahir: date | None, kelamin: str) -> list[str]:
    """What of the row does not agree with a NIK of the right form: `tanggal`, `kelamin`.

    A NIK has two digits of the year, so the century is the row's. What the row leaves open disagrees with nothing.
    """
    if status(nik) != Status.VALID:
        return []
    day = int(nik[6:8])
    found = []
    if lahir and f"{(day - 40 if day > 40 else day):02d}{nik[8:12]}" != f"{lahir:%d%m%y}":
        found.append("tanggal")
    if kelamin and (day > 40) != (kelamin == "P"):
        found.append("kelamin")
    return found


def lahir(nik: str, tercatat: date | None = None) -> date | None:
    """The birth date inside: in the century that comes nearest to the row's date, else the latest that is past."""
    if status(nik) != Status.VALID:
        return None
    day, month, year = int(nik[6:8]) % 40, int(nik[8:10]), int(nik[10:12])
    real = []
    for century in (2000, 1900):
        try:
            real.append(date(century + year, month, day))
        except ValueError:  # 29 February 1900
            continue
    if tercatat:
        return min(real, key=lambda one: abs(one - tercatat))
    return next((one for one in real if one <= timezone.localdate()), real[-1])


def provinsi(nik: str) -> str:
    """The name of the province of first registration, "" when the form is wrong or the code a former one.

    Of provinces only: the kabupaten of python-stdnum bear BPS codes, and its 1903 is Bangka Barat.
    """
    if status(nik) != Status.VALID:
        return ""
    if name := PROVINSI_BARU.get(nik[:2]):
        return name
    return numdb.get("id/loc").info(nik[:2])[0][1].get("name_id", "")


def remarks(nik: str, tercatat: date | None, kelamin: str, wilayah: str = "") -> list[str]:
    """Sentences for who typed it, before he confirms. A wrong date inside a NIK stays wrong: no refusal."""
    found = beda(nik, tercatat, kelamin)
    said = []
    if "tanggal" in found and (inside := lahir(nik, tercatat)):
        said.append(
            f"Tanggal lahir di dalam NIK ({inside:%d-%m-%Y}) berbeda dengan tanggal lahir yang tercatat."
        )
    if "kelamin" in found:
        said.append("Jenis kelamin di dalam NIK berbeda dengan yang tercatat.")
    if wilayah and nik[:2] != wilayah[:2] and (name := provinsi(nik)):
        said.append(f"NIK ini pertama kali terdaftar di {name}. Itu bukan kesalahan.")
    return said
