"""The access table: every address, every kind of person, what they get.

Own addresses stand one by one, those of other packages by namespace. An address missing here fails
the suite. The same table runs a second time with the gate taken away: the answers about foreign rows
must then come from row-level security alone.
"""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from access.models import Peringatan, User
from access.scope import TerritorialQuerySet, use_territory
from jobs.models import Ekspor, Job
from kpm.models import (
    Anggota,
    Ganda,
    Impor,
    Keluarga,
    Langkah,
    PutusanGanda,
    SisaUrung,
    Sumber,
    Suntingan,
    Tercatat,
    Unggahan,
)
from padan.models import Ekstrak, Hasil, Kandidat, Pencocokan, Putusan, UsulNik
from sentral.akun.models import DaftarAkun, Slip
from spatial.models import VersiBatas
from tests.conftest import RIAS, everything, make_user
from tests.padan_kandidat import make_kandidat, make_run

pytestmark = pytest.mark.django_db

# Columns: nobody logged in; PSM of the row's village; operator of the village next door; Dinsos of its
# kabupaten (owner of the job, import and export below); Dinsos of another kabupaten; Dinsos provinsi;
# pimpinan; auditor; an account without penugasan.
PEOPLE = [
    "anonim",
    "bu_sri",
    "pak_budi",
    "bu_rina",
    "mbak_ayu",
    "pak_hasan",
    "bu_lina",
    "bu_wati",
    "orang_baru",
]
ALL_IN = "302 200 200 200 200 200 200 200 200"
OWNER = "302 404 404 200 404 404 404 404 404"
MANAGE = "302 403 403 200 200 200 403 403 403"
EDIT = "302 403 403 200 404 200 403 403 403"
TRAIL = "302 403 403 403 403 200 403 200 403"
MATCHED = "4" * 64  # digest of the extract of which there is a run in every world
LETTER = "302 403 403 403 403 200 403 403 403"

# name of the address: (method, path, answer per person)
TABLE: dict[str, tuple[str, str, str]] = {
    "beranda": ("get", "/", ALL_IN),
    "wilayah": ("get", f"/wilayah/{RIAS}/", "302 200 404 200 404 200 200 403 403"),
    "sehat": ("get", "/sehat/", "200 200 200 200 200 200 200 200 200"),
    # nobody has made a backup of the test's database
    "sehat_semua": ("get", "/sehat/semua/", "503 503 503 503 503 503 503 503 503"),
    "sehat_rinci": ("get", "/sehat/rinci/", "302 403 403 403 403 403 403 403 403"),
    "jejak": ("get", "/jejak/", "302 403 403 403 403 403 403 200 403"),
    "jejak_cari": ("get", "/jejak/baris/?objek=keluarga&id=1", "302 403 403 403 403 403 403 302 403"),
    "jejak_keluarga": ("get", "/jejak/keluarga/{keluarga}/", TRAIL),
    "jejak_anggota": ("get", "/jejak/anggota/{anggota}/", TRAIL),
    "jejak_keluarga_surat": ("get", "/jejak/keluarga/{keluarga}/surat.pdf", LETTER),
    "jejak_anggota_surat": ("get", "/jejak/anggota/{anggota}/surat.pdf", LETTER),
    "peringatan_list": ("get", "/jejak/peringatan/", "302 403 403 403 403 403 403 200 403"),
    "peringatan_periksa": ("get", "/jejak/peringatan/{peringatan}/", "302 403 403 403 403 403 403 200 403"),
    "kpm:keluarga_list": ("get", "/keluarga/", "302 200 200 200 200 200 403 403 403"),
    "kpm:unduh": ("get", "/keluarga/unduh/", "302 403 200 200 200 200 403 403 403"),
    "kpm:tukar": ("get", "/keluarga/tukar/", "302 403 403 200 200 200 403 403 403"),
    # who has no two periods is sent to the page that says so
    "kpm:banding": ("get", "/keluarga/banding/", "302 200 200 200 200 200 403 403 403"),
    "kpm:banding_daftar": ("get", "/keluarga/banding/daftar/", "302 200 302 200 302 200 403 403 403"),
    "kpm:banding_unduh": ("get", "/keluarga/banding/unduh/", "302 403 302 200 302 200 403 403 403"),
    "kpm:sumber_list": ("get", "/sumber/", "302 200 200 200 200 200 403 403 403"),
    "kpm:keluarga": ("get", "/keluarga/{keluarga}/", "302 200 404 200 404 200 403 403 403"),
    "kpm:keluarga_tampilkan": (
        "get",
        "/keluarga/{keluarga}/tampilkan/",
        "302 403 403 200 404 200 403 403 403",
    ),
    "kpm:keluarga_baru": ("get", "/keluarga/baru/", "302 403 403 200 200 200 403 403 403"),
    "kpm:ubah": ("get", "/keluarga/{keluarga}/ubah/", EDIT),
    "kpm:ubah_kelahiran": ("get", "/keluarga/{keluarga}/ubah/kelahiran/", EDIT),
    "kpm:ubah_masuk": ("get", "/keluarga/{keluarga}/ubah/masuk/", EDIT),
    "kpm:ubah_kematian": ("get", "/keluarga/{keluarga}/ubah/kematian/", EDIT),
    "kpm:ubah_anggota-keluar": ("get", "/keluarga/{keluarga}/ubah/anggota-keluar/", EDIT),
    "kpm:ubah_anggota-kembali": ("get", "/keluarga/{keluarga}/ubah/anggota-kembali/", EDIT),
    "kpm:ubah_pindah": ("get", "/keluarga/{keluarga}/ubah/pindah/", EDIT),
    "kpm:ubah_pindah-kk": ("get", "/keluarga/{keluarga}/ubah/pindah-kk/", EDIT),
    "kpm:ubah_pisah": ("get", "/keluarga/{keluarga}/ubah/pisah/", EDIT),
    "kpm:ubah_gabung": ("get", "/keluarga/{keluarga}/ubah/gabung/", EDIT),
    "kpm:ubah_kepala": ("get", "/keluarga/{keluarga}/ubah/kepala/", EDIT),
    "kpm:ubah_data": ("get", "/keluarga/{keluarga}/ubah/data/", EDIT),
    "kpm:ubah_titik": ("get", "/keluarga/{keluarga}/ubah/titik/", EDIT),
    "kpm:ubah_keluar": ("get", "/keluarga/{keluarga}/ubah/keluar/", EDIT),
    "kpm:ubah_kembali": ("get", "/keluarga/{keluarga}/ubah/kembali/", EDIT),
    "kpm:ubah_anggota": ("get", "/keluarga/{keluarga}/ubah/anggota/?orang={anggota}", EDIT),
    "kpm:suntingan_list": ("get", "/keluarga/suntingan/", "302 200 200 200 200 200 403 403 403"),
    "kpm:suntingan_batal": ("get", "/keluarga/suntingan/{suntingan}/batal/", EDIT),
    "kpm:ganda_list": ("get", "/ganda/", "302 200 200 200 200 200 403 403 403"),
    "kpm:ganda": ("get", "/ganda/{ganda}/", "302 200 404 200 404 200 403 403 403"),
    "kpm:ganda_batal": ("get", "/ganda/putusan/{putusan}/batal/", "302 403 403 200 404 200 403 403 403"),
    "padan:home": ("get", "/padan/", "302 200 200 200 200 200 403 403 403"),
    "padan:ekstrak_unggah": ("get", "/padan/ekstrak/unggah/", "302 403 403 403 403 200 403 403 403"),
    # counts alone, for who delivered it and who runs matches
    "padan:ekstrak": ("get", "/padan/ekstrak/{ekstrak}/", "302 404 404 200 404 200 403 403 403"),
    "padan:ekstrak_keadaan": (
        "get",
        "/padan/ekstrak/{ekstrak}/keadaan/",
        "302 404 404 200 404 200 403 403 403",
    ),
    "padan:ekstrak_hapus": ("get", "/padan/ekstrak/{ekstrak}/hapus/", "302 404 404 200 404 200 403 403 403"),
    "padan:ekstrak_cocokkan": (
        "post",
        "/padan/ekstrak/{ekstrak}/cocokkan/",
        "302 403 403 403 403 302 403 403 403",
    ),
    # its columns are known
    "padan:ekstrak_kolom": ("get", "/padan/ekstrak/{ekstrak}/kolom/", "302 403 403 403 403 404 403 403 403"),
    "padan:ekstrak_buang": ("post", "/padan/ekstrak/{ekstrak}/buang/", "302 403 403 403 403 404 403 403 403"),
    "kpm:impor_list": ("get", "/impor/", "302 403 403 200 200 200 403 403 403"),
    "kpm:impor_baru": ("get", "/impor/baru/", "302 403 403 200 200 200 403 403 403"),
    "kpm:impor_kolom": ("get", "/impor/kolom/{unggahan}/", "302 403 403 410 404 404 403 403 403"),
    "kpm:impor_kolom_buang": (
        "post",
        "/impor/kolom/{unggahan}/buang/",
        "302 403 403 302 404 404 403 403 403",
    ),
    "kpm:impor": ("get", "/impor/{impor}/", "302 403 403 200 404 200 403 403 403"),
    "kpm:impor_keadaan": ("get", "/impor/{impor}/keadaan/", "302 403 403 200 404 200 403 403 403"),
    "kpm:impor_tinjau": ("post", "/impor/{impor}/tinjau/", "302 403 403 302 404 404 403 403 403"),
    "kpm:impor_tanya": ("post", "/impor/{impor}/tanya/", "302 403 403 302 404 404 403 403 403"),
    "kpm:impor_terapkan": ("post", "/impor/{impor}/terapkan/", "302 403 403 302 404 404 403 403 403"),
    # nothing of it is left to be seen, and nothing waits for an answer
    "kpm:impor_rincian": ("get", "/impor/{impor}/rincian/", "302 403 403 410 404 410 403 403 403"),
    "kpm:impor_putusan": ("get", "/impor/{impor}/putusan/", "302 403 403 404 404 404 403 403 403"),
    "kpm:impor_aturan": ("get", "/impor/{impor}/aturan/", "302 403 403 200 404 404 403 403 403"),
    "kpm:impor_tarik": ("post", "/impor/{impor}/tarik/", "302 403 403 302 404 404 403 403 403"),
    "kpm:impor_buang": ("get", "/impor/{impor}/buang/", "302 403 403 200 404 404 403 403 403"),
    "kpm:impor_urung": ("get", "/impor/{terap}/urungkan/", "302 403 403 200 404 200 403 403 403"),
    "kpm:impor_lagi": ("get", "/impor/{urung}/terapkan-lagi/", "302 403 403 200 404 200 403 403 403"),
    "kpm:impor_sisa": ("get", "/impor/{urung}/tetap/{urung_job}/", "302 403 403 200 404 200 403 403 403"),
    "kpm:impor_ditolak": ("get", "/impor/{impor}/ditolak.xlsx", "302 403 403 404 404 404 403 403 403"),
    "padan:putusan_list": ("get", "/padan/putusan/", "302 403 403 200 200 200 403 403 403"),
    "padan:kandidat": ("get", "/padan/putusan/{kandidat}/", EDIT),
    "padan:kandidat_pegang": (
        "post",
        "/padan/putusan/{kandidat}/pegang/",
        "302 403 403 200 404 200 403 403 403",
    ),
    "padan:kandidat_lepas": (
        "post",
        "/padan/putusan/{kandidat}/lepas/",
        "302 403 403 204 404 204 403 403 403",
    ),
    "padan:putusan_batal": ("get", "/padan/putusan/batal/{putusan_padan}/", EDIT),
    "padan:usul_list": ("get", "/padan/usul/", "302 403 403 200 200 200 403 403 403"),
    "padan:usul": ("get", "/padan/usul/{usul}/", EDIT),
    "padan:panel": ("get", "/padan/keluarga/{keluarga}/", "302 200 404 200 404 200 403 403 403"),
    # a run is nobody's: everybody who sees people counts his own in it
    "padan:jalan": ("get", "/padan/jalan/{jalan}/", "302 200 200 200 200 200 403 403 403"),
    "padan:jalan_orang": ("get", "/padan/jalan/{jalan}/orang/", "302 200 200 200 200 200 403 403 403"),
    "padan:ambang": ("get", "/padan/ambang/", "302 403 403 200 200 200 403 403 403"),
    "spatial:peta": ("get", "/peta/", ALL_IN),
    "spatial:peta-data": ("get", "/peta/data/", ALL_IN),
    "spatial:peta-panel": ("get", f"/peta/panel/{RIAS}/", ALL_IN),
    "spatial:peta-batas": ("get", "/peta/batas/{versi}/kabupaten_kota.json", ALL_IN),
    "batas:list": ("get", "/peta/versi/", "302 403 403 403 403 200 403 403 403"),
    "batas:baru": ("get", "/peta/versi/baru/", "302 403 403 403 403 200 403 403 403"),
    "batas:versi": ("get", "/peta/versi/{versi}/", "302 403 403 403 403 200 403 403 403"),
    "batas:bandingkan": ("get", "/peta/versi/{versi}/bandingkan/", "302 403 403 403 403 302 403 403 403"),
    "batas:pakai": ("get", "/peta/versi/{versi}/pakai/", "302 403 403 403 403 302 403 403 403"),
    "batas:hapus": ("get", "/peta/versi/{versi}/hapus/", "302 403 403 403 403 302 403 403 403"),
    "spatial:wilayah-cari": ("get", "/wilayah/cari/?q=rias", ALL_IN),
    "jobs:inbox": ("get", "/pekerjaan/", ALL_IN),
    "jobs:job": ("get", "/pekerjaan/{job}/", OWNER),
    "jobs:state": ("get", "/pekerjaan/{job}/keadaan/", OWNER),
    "jobs:cancel": ("get", "/pekerjaan/{job}/batalkan/", "302 404 404 302 404 404 404 404 404"),
    "jobs:retry": ("post", "/pekerjaan/{job}/ulangi/", "302 404 404 302 404 404 404 404 404"),
    "jobs:ekspor_list": ("get", "/ekspor/", ALL_IN),
    "jobs:ekspor": ("get", "/ekspor/{ekspor}/", OWNER),
    "jobs:ekspor_unduh": ("get", "/ekspor/{ekspor}/unduh/", "302 404 404 302 404 404 404 404 404"),
    "jobs:ekspor_tarik": ("get", "/ekspor/{ekspor}/tarik/", OWNER),
    "jobs:ekspor_putusan": ("get", "/ekspor/{ekspor}/putusan/", "302 403 403 404 404 200 403 403 403"),
    "access:akun_saya": ("get", "/akun/", ALL_IN),
    "access:akhiri_sesi": ("post", "/akun/sesi/0/akhiri/", "302 404 404 404 404 404 404 404 404"),
    # Dinsos provinsi is asked for the password first
    "access:lepas_faktor": ("get", "/akun/faktor/{petugas}/lepas/", "302 403 403 403 403 302 403 403 403"),
    "akun:daftar": ("get", "/akun/daftar/", "302 403 403 200 200 200 403 200 403"),
    "akun:unduh": ("get", "/akun/daftar/unduh.xlsx", "302 403 403 200 200 200 403 200 403"),
    "akun:contoh": ("get", "/akun/daftar/contoh.xlsx", MANAGE),
    "akun:baru": ("get", "/akun/daftar/baru/", MANAGE),
    "akun:unggah": ("get", "/akun/daftar/unggah/", MANAGE),
    "akun:unggahan": ("get", "/akun/daftar/unggah/{daftar}/", "302 403 403 200 404 404 403 403 403"),
    "akun:ditolak": (
        "get",
        "/akun/daftar/unggah/{daftar}/ditolak.xlsx",
        "302 403 403 200 404 404 403 403 403",
    ),
    "akun:orang": ("get", "/akun/daftar/orang/{orang}/", "302 403 403 200 404 200 403 200 403"),
    "akun:sandi": ("get", "/akun/daftar/orang/{orang}/sandi/", "302 403 403 200 404 200 403 403 403"),
    "akun:akhiri": ("get", "/akun/daftar/penugasan/{tugas}/akhiri/", "302 403 403 200 404 200 403 403 403"),
    # its file is not there
    "akun:slip": ("get", "/akun/daftar/slip/{slip}.pdf", "302 403 403 404 404 404 403 403 403"),
    "access:pilih_penugasan": ("post", "/akun/penugasan/", "302 302 302 302 302 302 302 302 302"),
}

# Addresses of other packages, by namespace or prefix: who may open their first page.
THIRD_PARTY = {
    "admin": "admin site: staff only",
    "account_": "allauth: own account only",
    "mfa_": "allauth: own second factor only",
    "usersessions_": "allauth: own sessions only",
}


def own_names() -> set[str]:
    """Names of all our addresses, with their namespace."""

    def walk(patterns, prefix=""):
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
                yield from walk(pattern.url_patterns, inner)
            elif isinstance(pattern, URLPattern):
                yield f"{prefix}{pattern.name}"

    return set(walk(get_resolver().url_patterns))


def is_third_party(name: str) -> bool:
    return name.startswith(("admin:", "account_", "mfa_", "usersessions_"))


@pytest.fixture
def places(request, keluarga_rias, keluarga_lalang, bu_rina):
    """The rows that stand behind the placeholders of the table."""
    return make_places(keluarga_rias, bu_rina)


def record_periods(owner: User, keluarga_list: list[Keluarga]) -> None:
    """Files of April and of October that name these keluarga, where they are now."""
    for periode in ("2026-04", "2026-10"):
        sumber = Sumber.objects.get_or_create(jenis="DTKS", periode=periode)[0]
        job = Job.objects.create(
            jenis="impor_dtks", pemilik=owner, keadaan="selesai", berakhir=timezone.now()
        )
        Tercatat.objects.bulk_create(
            Tercatat(
                keluarga=keluarga,
                sumber=sumber,
                job=job,
                wilayah_id=keluarga.wilayah_id,
                anggota=sorted(keluarga.anggota_list.values_list("pk", flat=True)),
            )
            for keluarga in keluarga_list
        )


def record_undo(owner: User, sumber: Sumber, keluarga: Keluarga) -> dict[str, int]:
    """An import that is applied, and one that was taken back and left a keluarga as it is."""
    places = {}
    for place, keadaan in (("terap", "diterapkan"), ("urung", "diurungkan")):
        job = Job.objects.create(
            jenis="impor_dtks", pemilik=owner, keadaan="selesai", berakhir=timezone.now()
        )
        impor = Impor.objects.create(
            sumber=sumber,
            pemilik=owner,
            job=job,
            keadaan=keadaan,
            nama_berkas="lama.csv",
            berkas="x",
            ukuran=1,
            sha256="2" * 64,
        )
        Langkah.objects.create(impor=impor, jenis="terap", job=job, oleh=owner)
        places[place] = impor.pk
    undo = Job.objects.create(
        jenis="impor_urung",
        pemilik=owner,
        keadaan="selesai",
        berakhir=timezone.now(),
        parameter={"arah": "urung", "kunci": [f"job:{job.pk}"]},
        laporan={
            "hapus": {},
            "kembali": {},
            "masuk": {},
            "sisa": [{"sebab": "orang", "keluarga": 1, "baris": 2}],
        },
    )
    Langkah.objects.create(impor=impor, jenis="urung", job=undo, oleh=owner)
    with everything():
        SisaUrung.objects.create(
            job=undo, keluarga=keluarga, wilayah=keluarga.wilayah, sebab="orang", oleh=owner, jumlah=2
        )
    return places | {"urung_job": undo.pk}


def record_pair(owner: User, anggota: Anggota) -> dict[str, int]:
    """A pair that waits, one that is decided, and the NIK it proposes."""
    run = make_run(owner)
    waiting, decided = (make_kandidat(run, anggota, urutan=n) for n in (1, 2))
    with everything():
        putusan = Putusan.objects.create(
            anggota=anggota,
            wilayah_id=anggota.wilayah_id,
            kunci=decided.kunci,
            sidik=decided.sidik,
            hasil="tolak",
            alasan="KK-nya lain",
            oleh=owner,
        )
        Kandidat.objects.filter(pk=decided.pk).update(keadaan="ditolak", putusan=putusan)
        usul = UsulNik.objects.create(
            anggota=anggota,
            wilayah_id=anggota.wilayah_id,
            nik=decided.isi["nik"],
            nik_lama=anggota.nik,
            putusan=putusan,
            diusulkan_oleh=owner,
        )
    return {"kandidat": waiting.pk, "putusan_padan": putusan.pk, "usul": usul.pk}


def record_match(owner: User, keluarga_list: list[Keluarga]) -> Pencocokan:
    """Results of one run for the people of these keluarga; the run is made once, and holds no person itself."""
    run = Pencocokan.objects.filter(ekstrak__sha256=MATCHED).first()
    if run is None:
        ekstrak = Ekstrak.objects.create(
            nama_berkas="siak.csv",
            berkas="x",
            ukuran=1,
            sha256=MATCHED,
            tata_letak="siak",
            nomor_pks="119/1/PKS/2026",
            tujuan="padan DTKS",
            berlaku_sampai="2027-12-31",
            diserahkan_oleh="Dukcapil provinsi",
            cakupan_id="19",
            tanggal="2026-11-01",
            pemilik=owner,
            keadaan="siap",
        )
        run = Pencocokan.objects.create(ekstrak=ekstrak, oleh=owner, keadaan="selesai", terbaru=True)
        Pencocokan.objects.filter(pk=run.pk).update(dibuat=run.dibuat - timedelta(days=60))
    with everything():
        people = Anggota.objects.filter(keluarga__in=keluarga_list).order_by("pk")
        Hasil.objects.bulk_create(
            Hasil(
                pencocokan=run,
                ekstrak_id=run.ekstrak_id,
                anggota=anggota,
                keluarga_id=anggota.keluarga_id,
                wilayah_id=anggota.wilayah_id,
                hasil="CALON" if anggota.kepala else "PADAN",
                skor=0.5 if anggota.kepala else None,
                tanggal="2026-11-01",
            )
            for anggota in people
        )
        people.update(padan_hasil="PADAN", padan_tanggal="2026-11-01", padan_ekstrak=run.ekstrak_id)
    return run


def make_places(keluarga_rias: Keluarga, bu_rina: User) -> dict[str, int]:
    """Make a row of every kind; what has an owner is Bu Rina's."""
    sumber = Sumber.objects.get(jenis="DTKS", periode="2026-10")
    job = Job.objects.create(jenis="impor_dtks", pemilik=bu_rina, wilayah_id="1903", keadaan="gagal")
    impor = Impor.objects.create(
        sumber=sumber,
        pemilik=bu_rina,
        nama_berkas="dtks.csv",
        berkas="x",
        ukuran=1,
        sha256="0" * 64,
    )
    Langkah.objects.create(impor=impor, jenis="terap", job=job, oleh=bu_rina)
    peringatan = Peringatan(pengguna=bu_rina, tanggal="2026-11-02", jenis="buka", ambang=50)
    with everything():
        peringatan.save()
        anggota = Anggota.objects.get(keluarga=keluarga_rias, kepala=True)
        record_periods(bu_rina, [keluarga_rias])
    # Its file is gone, so the owner reads 410.
    unggahan = Unggahan.objects.create(
        pemilik=bu_rina,
        jenis="DTKS",
        periode="2026-10",
        nama_berkas="rekap.csv",
        berkas="tidak-ada",
        ukuran=1,
        sha256="1" * 64,
    )
    ekspor = Ekspor.objects.create(
        jenis="kpm_anggota",
        bentuk="xlsx",
        keadaan="menunggu_setuju",
        pemilik=bu_rina,
        cakupan=["1903"],
        saringan="Tanpa saringan",
        alasan="bahan musdes",
        baris=1200,
        orang=1200,
        perlu_setuju=True,
        batas_setuju=timezone.now() + timedelta(days=3),
    )
    ekstrak = Ekstrak.objects.create(
        nama_berkas="siak.csv",
        berkas="tiada",
        ukuran=1,
        sha256="3" * 64,
        tata_letak="SIAK",
        nomor_pks="470/12/PKS/2026",
        tujuan="Pemadanan DTSEN",
        berlaku_sampai=timezone.localdate() + timedelta(days=30),
        diserahkan_oleh="Endang",
        cakupan_id="19",
        tanggal=timezone.localdate(),
        pemilik=bu_rina,
        job=Job.objects.create(jenis="padan_ekstrak", pemilik=bu_rina, keadaan="selesai"),
        keadaan="siap",
    )
    sidik = uuid.UUID(int=1)
    with everything():
        putusan = PutusanGanda.objects.create(
            kelompok=1,
            jenis="nik",
            hasil="beda",
            alasan="anak kembar",
            sidik=sidik,
            wilayah_id=RIAS,
            anggota_ids=[anggota.pk],
            oleh=bu_rina,
        )
        ganda = Ganda.objects.create(
            kelompok=1,
            jenis="nik",
            kunci=sidik,
            sidik=sidik,
            anggota=anggota,
            keluarga=keluarga_rias,
            wilayah_id=RIAS,
            orang=2,
        )
    petugas = make_user("eko", "Eko Prasetyo", ("psm", RIAS))
    daftar = DaftarAkun.objects.create(
        pemilik=bu_rina, nama_berkas="daftar.csv", baris=[[2, {"nama": "Siti", "telepon": "0812"}]]
    )
    slip = Slip.objects.create(
        pemilik=bu_rina, berkas="tiada.pdf", jumlah=1, kedaluwarsa=timezone.now() + timedelta(days=3)
    )
    with everything():
        suntingan = Suntingan.objects.create(
            jenis="keluarga",
            keluarga_id=keluarga_rias.pk,
            wilayah_id=RIAS,
            alasan="warga",
            oleh=bu_rina,
            sekali=uuid.uuid4(),
        )
    return {
        **record_pair(bu_rina, anggota),
        "jalan": record_match(bu_rina, [keluarga_rias]).pk,
        "suntingan": suntingan.pk,
        "orang": petugas.pk,
        "tugas": petugas.penugasan_list.get().pk,
        "daftar": daftar.pk,
        "slip": slip.pk,
        "anggota": anggota.pk,
        "ganda": ganda.kelompok,
        "putusan": putusan.pk,
        "peringatan": peringatan.pk,
        "keluarga": keluarga_rias.pk,
        "unggahan": unggahan.pk,
        "ekspor": ekspor.pk,
        "ekstrak": ekstrak.pk,
        "job": job.pk,
        "impor": impor.pk,
        **record_undo(bu_rina, sumber, keluarga_rias),
        "versi": VersiBatas.objects.get(aktif=True).pk,
        "petugas": bu_rina.pk,
    }


def log_in(client, request, person: str) -> None:
    if person != "anonim":
        client.force_login(request.getfixturevalue(person))


def test_every_address_stands_in_the_table():
    names = own_names()
    assert {n for n in names if not is_third_party(n)} == set(TABLE)


@pytest.mark.parametrize("person", PEOPLE)
def test_access_table(client, request, places, person):
    log_in(client, request, person)
    got = {}
    for name, (method, path, _) in TABLE.items():
        got[name] = getattr(client, method)(path.format(**places)).status_code
    column = PEOPLE.index(person)
    assert got == {name: int(row.split()[column]) for name, (_, _, row) in TABLE.items()}


FOREIGN = ["pak_budi", "mbak_ayu"]
# What must not be in any page that a foreigner opens: the family's people and its numbers.
CANARIES = [b"ROSIDI", b"NURHAYATI", b"HENDRA", b"JL. MAWAR 1<", b"Rosidi", b"Nurhayati", b"Hendra"]


@pytest.mark.parametrize("person", FOREIGN)
def test_no_page_of_a_foreigner_names_the_family(client, request, places, person):
    log_in(client, request, person)
    for name, (method, path, _) in TABLE.items():
        body = getattr(client, method)(path.format(**places)).content
        assert [c for c in CANARIES if c in body] == [], name


def test_patched_gate_leaks_where_nothing_else_stands(places, pak_budi, monkeypatch):
    """Proof that the next test tests something: without policies the patched gate does leak."""
    monkeypatch.setattr(TerritorialQuerySet, "visible_to", lambda self, user: self.all())
    with everything():
        assert Keluarga.objects.visible_to(pak_budi).filter(pk=places["keluarga"]).exists()
    with use_territory(pak_budi):
        assert not Keluarga.objects.visible_to(pak_budi).filter(pk=places["keluarga"]).exists()


@pytest.mark.parametrize("person", FOREIGN)
def test_row_level_security_alone_shows_nothing_foreign(client, request, places, person, monkeypatch):
    log_in(client, request, person)
    monkeypatch.setattr(TerritorialQuerySet, "visible_to", lambda self, user: self.all())
    for name, (method, path, _) in TABLE.items():
        body = getattr(client, method)(path.format(**places)).content
        assert [c for c in CANARIES if c in body] == [], name
    assert client.get(f"/keluarga/{places['keluarga']}/").status_code == 404


@pytest.mark.parametrize("person", PEOPLE)
def test_admin_site_is_for_staff(client, request, person):
    log_in(client, request, person)
    assert client.get("/admin/").status_code == 302


def test_admin_site_opens_for_the_admin(client, pak_yusuf):
    client.force_login(pak_yusuf)
    for path in (
        "/admin/",
        "/admin/access/user/",
        "/admin/access/penugasan/",
        "/admin/spatial/wilayah/",
        "/admin/kpm/program/",
        "/admin/kpm/indikator/",
        "/admin/kpm/sumber/",
    ):
        assert client.get(path).status_code == 200, path


def test_own_account_pages_need_a_log_in(client, bu_sri):
    assert client.get("/akun/login/").status_code == 200
    assert client.get("/akun/password/change/").status_code == 302
    client.force_login(bu_sri)
    assert client.get("/akun/password/change/").status_code == 200


# What each page of the second factor and the sessions answers to nobody, and to Bu Sri, who has no factor.
# Who changes something is asked for the password again; the log-in by passkey asks for nobody's name.
ACCOUNT_PAGES = {
    "mfa_index": "302 200",
    "mfa_authenticate": "302 302",
    "mfa_reauthenticate": "302 302",
    "mfa_activate_totp": "302 302",
    "mfa_deactivate_totp": "302 404",
    "mfa_view_recovery_codes": "302 404",
    "mfa_generate_recovery_codes": "302 302",
    "mfa_download_recovery_codes": "302 404",
    "mfa_list_webauthn": "302 200",
    "mfa_add_webauthn": "302 302",
    "mfa_reauthenticate_webauthn": "302 302",
    "mfa_remove_webauthn": "302 302",
    "mfa_edit_webauthn": "302 302",
    "mfa_login_webauthn": "302 302",
    "usersessions_list": "302 200",
}


@pytest.mark.parametrize("person", ["anonim", "bu_sri"])
def test_second_factor_and_sessions_are_ones_own(client, request, person):
    log_in(client, request, person)
    wanted = {n for n in own_names() if n.startswith(("mfa_", "usersessions_"))}
    got = {}
    for name in wanted:
        pk = {"pk": 1} if name in {"mfa_remove_webauthn", "mfa_edit_webauthn"} else {}
        response = client.get(reverse(name, kwargs=pk))
        got[name] = response.status_code
        if person == "anonim" and name != "mfa_login_webauthn":
            assert response.url.startswith("/akun/login/"), name
    column = ["anonim", "bu_sri"].index(person)
    assert got == {name: int(row.split()[column]) for name, row in ACCOUNT_PAGES.items()}


@pytest.mark.parametrize(
    "path",
    [
        "/akun/email/",
        "/akun/confirm-email/",
        "/akun/confirm-email/MQ:1abc/",
        "/akun/login/code/confirm/",
    ],
)
def test_pages_about_e_mail_lead_to_the_own_account(client, bu_sri, path):
    client.force_login(bu_sri)
    assert client.get(path).url == "/akun/"
    assert client.post(path, {"action_add": "", "email": "lain@contoh.id"}).url == "/akun/"


def test_nobody_signs_up(client):
    response = client.post("/akun/signup/", {"username": "penyusup", "password1": "kopi-hangat-pagi-9"})
    assert b"penyusup" not in response.content
    from access.models import User

    assert not User.objects.filter(username="penyusup").exists()


def test_absent_and_foreign_family_look_the_same(client, places, pak_budi):
    client.force_login(pak_budi)
    foreign = client.get(f"/keluarga/{places['keluarga']}/")
    absent = client.get("/keluarga/999999999/")
    assert foreign.status_code == absent.status_code == 404

    def shape(response):
        token = response.content.split(b'name="csrf-token" content="')[1].split(b'"')[0]
        return (
            response.content.replace(token, b"")
            .replace(str(places["keluarga"]).encode(), b"")
            .replace(b"999999999", b"")
        )

    assert len(shape(foreign)) == len(shape(absent))
