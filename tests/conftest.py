"""The test world: invented people at work in Bangka Selatan, and a bystander in Belitung Timur.

Bu Sri is PSM in Desa Rias, Pak Budi operator of Desa Serdang next door, Pak Tono TKSK of Kecamatan
Toboali around both, Bu Rina sits in the Dinsos of the kabupaten, Mbak Ayu in that of another one.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date

import pytest
from django.core.cache import cache
from django.db import connection

from access.actions import save_penugasan
from access.models import Penugasan, Peran, User
from access.scope import Territory, set_territory
from jobs import staging
from kpm.models import Anggota, Keluarga, Kepesertaan, Sumber
from tests import databases

RIAS = "1903012008"
SERDANG = "1903012004"
TOBOALI = "190301"
BANGKA_SELATAN = "1903"
BELITUNG_TIMUR = "1906"
LALANG_JAYA = "1906012001"
PROVINSI = "19"

PASSWORD = "kopi-hangat-pagi-7"


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker):
    """The suite's database: a clone of the migrated template, used as the app role."""
    with django_db_blocker.unblock(), databases.clone("sesi") as name, databases.using(name):
        yield


@pytest.fixture
def committed_db(request, django_db_setup, django_db_blocker):
    """A database of its own for a test that commits. Yields the environment for child processes."""
    if request.node.get_closest_marker("django_db"):
        raise RuntimeError("committed_db commits: such a test must not be marked django_db")
    with django_db_blocker.unblock(), databases.clone("komit") as name:
        with databases.using(name) as environment:
            yield environment


@pytest.fixture(autouse=True)
def empty_cache():
    """Rate limits of one test must not stop the next."""
    cache.clear()


@pytest.fixture
def swept(django_db_setup):
    """Leaves no staging table behind; asked for before the database, so that it ends after it."""
    yield
    with staging.loader() as line, line.cursor() as cursor:
        for table in staging.tables(cursor, "job_%"):
            cursor.execute(f"DROP TABLE {table}")


@contextmanager
def everything():
    """Look at the tables without a territory in the way, as the test's own eyes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('sentral.semua', true), '')")
        (before,) = cursor.fetchone()
        cursor.execute("SELECT set_config('sentral.semua', '1', false)")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('sentral.semua', %s, false)", [before])


@pytest.fixture
def all_rows(db):
    """The whole test looks without a territory in the way; requests still set their own and reset it."""
    set_territory(Territory(semua=True))


def make_user(username: str, nama: str, *posts: tuple[str, str], **fields) -> User:
    """A user with one penugasan per (peran, wilayah)."""
    user = User.objects.create_user(username=username, nama=nama, password=PASSWORD, **fields)
    for peran, wilayah in posts:
        save_penugasan(
            penugasan=Penugasan(user=user, peran=peran, wilayah_id=wilayah, mulai=date(2026, 1, 1)), by=None
        )
    return user


@pytest.fixture
def bu_sri(db):
    return make_user("sri", "Sri Wahyuni", (Peran.PSM, RIAS))


@pytest.fixture
def pak_budi(db):
    return make_user("budi", "Budi Santoso", (Peran.OPERATOR_DESA, SERDANG))


@pytest.fixture
def pak_tono(db):
    return make_user("tono", "Tono Subagyo", (Peran.TKSK, TOBOALI))


@pytest.fixture
def bu_rina(db):
    return make_user("rina", "Rina Marlina", (Peran.DINSOS_KAB, BANGKA_SELATAN))


@pytest.fixture
def mbak_ayu(db):
    return make_user("ayu", "Ayu Lestari", (Peran.DINSOS_KAB, BELITUNG_TIMUR))


@pytest.fixture
def pak_hasan(db):
    return make_user("hasan", "Yusuf Hasan", (Peran.DINSOS_PROV, PROVINSI))


@pytest.fixture
def pak_yusuf(db):
    return make_user("yusuf", "Yusuf Admin", (Peran.ADMIN, PROVINSI), is_staff=True, is_superuser=True)


@pytest.fixture
def pak_dedi(db):
    return make_user("dedi", "Dedi Kurnia", (Peran.DUKCAPIL, PROVINSI))


@pytest.fixture
def bu_lina(db):
    return make_user("lina", "Lina Pimpinan", (Peran.PIMPINAN, PROVINSI))


@pytest.fixture
def bu_wati(db):
    return make_user("wati", "Wati Auditor", (Peran.AUDITOR, PROVINSI))


@pytest.fixture
def orang_baru(db):
    """Somebody with an account and no penugasan yet."""
    return make_user("baru", "Orang Baru")


@pytest.fixture
def sumber(db):
    return Sumber.objects.get_or_create(jenis="DTKS", periode="2026-10")[0]


def make_keluarga(sumber, wilayah: str, nomor: int, *names: str, program: str = "", **fields) -> Keluarga:
    """A keluarga of invented people; the first name is its head. NIK and No. KK follow `nomor`."""
    kecamatan = wilayah[:6]
    with everything():
        keluarga = Keluarga.objects.create(
            sumber=sumber,
            wilayah_id=wilayah,
            no_kk=f"{kecamatan}010120{nomor:04d}",
            alamat=f"JL. MAWAR {nomor}",
            rt="03",
            rw="01",
            **fields,
        )
        anggota_list = Anggota.objects.bulk_create(
            Anggota(
                sumber=sumber,
                keluarga=keluarga,
                wilayah_id=wilayah,
                id_dtks=f"DT{nomor:04d}{urutan}",
                nik=f"{kecamatan}0{urutan + 1}0780{nomor:04d}",
                nik_status="valid",
                nama=nama,
                nama_normal=nama,
                tanggal_lahir=date(1980, 7, urutan + 1),
                tempat_lahir="TOBOALI",
                jenis_kelamin="L",
                hubungan="kepala keluarga" if urutan == 0 else "anak",
                kepala=urutan == 0,
            )
            for urutan, nama in enumerate(names)
        )
        if program:
            Kepesertaan.objects.create(
                program_id=program,
                keluarga=keluarga,
                anggota=anggota_list[0],
                sumber=sumber,
                wilayah_id=wilayah,
            )
    return keluarga


@pytest.fixture
def keluarga_rias(sumber):
    return make_keluarga(sumber, RIAS, 1, "ROSIDI", "NURHAYATI", "HENDRA", program="PKH")


@pytest.fixture
def keluarga_serdang(sumber):
    return make_keluarga(sumber, SERDANG, 2, "EFENDI", "MARLINA")


@pytest.fixture
def keluarga_lalang(sumber):
    """The bystander in Belitung Timur."""
    return make_keluarga(sumber, LALANG_JAYA, 3, "ZULKIFLI SAKTI", "SUHARTI SAKTI")
