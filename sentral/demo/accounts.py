"""One account per peran for trying the demo. Passwords differ per installation.

They are kept in one private file of the data folder (mode 0600), because the start prints them again.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction

from access.actions import save_penugasan, save_user
from access.models import Penugasan, Peran, User
from access.passwords import invent_password
from spatial.models import Wilayah

FILE_NAME = "demo-login.txt"
BASEL = {"kabupaten": "Bangka Selatan"}
TOBOALI = {**BASEL, "kecamatan": "Toboali"}
RIAS = {**TOBOALI, "desa": "Rias"}
PROVINSI: dict[str, str] = {}
# User name, name, peran, wilayah. All of them invented.
PEOPLE = [
    ("yusuf", "Yusuf Hasan", Peran.ADMIN, PROVINSI),
    ("ratna", "Ratna Wulandari", Peran.DINSOS_PROV, PROVINSI),
    ("rina", "Rina Marlina", Peran.DINSOS_KAB, BASEL),
    ("suhaimi", "Suhaimi Karim", Peran.DINSOS_KAB, {"kabupaten": "Belitung Timur"}),
    ("hartati", "Hartati", Peran.TKSK, TOBOALI),
    ("samsiah", "Samsiah", Peran.PSM, RIAS),
    ("junaidi", "Junaidi Rahman", Peran.OPERATOR_DESA, RIAS),
    ("nurlela", "Nurlela Sari", Peran.DUKCAPIL, PROVINSI),
    ("zainal", "Zainal Hakim", Peran.PIMPINAN, PROVINSI),
    ("lukman", "Lukman Hakim", Peran.AUDITOR, PROVINSI),
]


@dataclass(frozen=True)
class Login:
    """One line of the list of logins."""

    peran: str
    wilayah: str
    nama: str
    username: str
    password: str


def login_file() -> Path:
    return settings.DATA_DIR / FILE_NAME


def read_logins() -> list[Login]:
    """The logins made here before; nothing when there are none."""
    try:
        lines = login_file().read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    return [Login(*line.split("\t")) for line in lines if line.count("\t") == 4]


def make_accounts() -> list[Login]:
    """Make the accounts that are missing and return all logins.

    May run again: an account whose password is in the file is left alone. When the file is lost, its
    accounts get a new password.
    """
    known = {login.username: login for login in read_logins()}
    logins = []
    with transaction.atomic():
        for username, nama, peran, place in PEOPLE:
            wilayah = _find(place)
            user = User.objects.filter(username=username).first()
            login = known.get(username)
            if user is None or login is None:
                user = user or User(username=username, nama=nama)
                login = Login(Peran(peran).label, wilayah.nama_lengkap, nama, username, invent_password(user))
                user.set_password(login.password)
                user.is_staff = user.is_superuser = peran == Peran.ADMIN
                save_user(user=user, by=None, changed=["password"])
            if not user.penugasan_list.filter(peran=peran, wilayah=wilayah).exists():
                save_penugasan(penugasan=Penugasan(user=user, wilayah=wilayah, peran=peran), by=None)
            logins.append(login)
        # Inside the transaction: an account must not be committed without its password kept.
        _write(logins)
    return logins


def _find(place: dict[str, str]) -> Wilayah:
    wilayah = (
        Wilayah.objects.resolve(**place)
        if place
        else Wilayah.objects.filter(tingkat=Wilayah.Tingkat.PROVINSI).order_by("kode").first()
    )
    if wilayah is None:
        raise Wilayah.DoesNotExist(
            f"{', '.join(place.values()) or 'Provinsi'} tidak ada. Jalankan manage.py muat_wilayah."
        )
    return wilayah


def _write(logins: list[Login]) -> None:
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    new = login_file().with_suffix(".tmp")
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        out.writelines("\t".join(vars(login).values()) + "\n" for login in logins)
    new.replace(login_file())
