"""Pages asked for through Django's own handler, with all its middleware, as a role of the database.

`python -m benchmarks.pages kueri`              how many queries each page makes over 2 rows and over 200
`python -m benchmarks.pages impor KELUARGA`     imports at every step, for those who import, beside that many families
`python -m benchmarks.pages jejak BARIS`        a trail as long as a year's, for the page of the auditor
`python -m benchmarks.pages waktu PUTARAN`      how long each page takes, with and without policies

The first works in an empty database and fills it, the others in the full province. The last line is JSON.
"""

from __future__ import annotations

import io
import json
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from pathlib import Path
from unittest.mock import patch
from wsgiref.util import setup_testing_defaults

import django

django.setup()

from django.conf import settings  # noqa: E402  (models need django.setup)
from django.core.cache import cache  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client, override_settings  # noqa: E402
from django.utils import timezone  # noqa: E402

from access import sessions  # noqa: E402
from access.models import Jejak, User  # noqa: E402
from access.scope import territory_of, use_territory  # noqa: E402
from benchmarks.imports import addresses_of, make_imports  # noqa: E402
from jobs.models import Ekspor, Job  # noqa: E402
from kpm.models import Anggota, Impor, Keluarga, Kepesertaan, Langkah, Peringkat, Sumber, Tercatat  # noqa: E402
from sentral.demo.accounts import make_accounts  # noqa: E402
from spatial.models import Wilayah  # noqa: E402

SQL = Path(__file__).parent / "sql"
APP, BYPASS = "sentral_app", "sentral_lewat"
COLD = 3
# Families of the imports that are counted over: enough that every kind of row occurs among the fewer ones.
FEW, MANY = 60, 200
SOME_PROVINCE = 2_000  # families, of which a kabupaten has that many

# People of the demo (sentral/demo/accounts.py), by the words of the table.
PEOPLE = {"provinsi": "ratna", "kabupaten": "rina", "TKSK": "hartati", "PSM": "samsiah"}
IMPORTERS = ("provinsi", "kabupaten")
LIST = "/keluarga/"
PAGES = {
    "beranda": "/",
    "daftar": LIST,
    "daftar, halaman 40": f"{LIST}?halaman=40",
    "daftar, 100 baris": f"{LIST}?per=100",
    "daftar, urut desa": f"{LIST}?urut=wilayah",
    "daftar, urut anggota": f"{LIST}?urut=anggota",
    "daftar, urut persentil": f"{LIST}?urut=persentil",
    "daftar, urut diubah": f"{LIST}?urut=diubah",
    "daftar, penerima PKH": f"{LIST}?program=PKH",
    "daftar, tanpa program": f"{LIST}?program=tanpa",
    "daftar, persentil 1-10": f"{LIST}?persentil=1-10",
    "daftar, NIK bermasalah, PKH": f"{LIST}?nik=buruk&program=PKH",
    "daftar, belum padan": f"{LIST}?padan=perlu",
    "daftar, semua padan": f"{LIST}?padan=cocok",
    "daftar, lantai tanah": f"{LIST}?indikator=lantai_tanah&jawaban=ya",
    "daftar, kelas luas lantai": f"{LIST}?indikator=BDT2015.luas_lantai&jawaban=20-39",
    "daftar, satu jawaban": f"{LIST}?indikator=BDT2015.dinding&jawaban=4",
    "cari nama yang sering": f"{LIST}?cari=sering",
    "cari nama lengkap": f"{LIST}?cari=lengkap",
    "cari NIK": f"{LIST}?cari=nik",
    "satu keluarga": "/keluarga/{keluarga}/",
    "perubahan oleh petugas": f"{LIST}suntingan/",
    "bandingkan periode": "/keluarga/banding/",
    "bandingkan, yang berubah": "/keluarga/banding/daftar/?urut=kepala",
    "sumber dan periode": "/sumber/",
    "halaman wilayah": "/wilayah/{wilayah}/",
    "peta": "/peta/",
    "angka peta, desa": "/peta/data/?ukuran=program_pkh&tingkat=desa_kelurahan",
    "angka peta, disaring": "/peta/data/?ukuran=keluarga&tingkat=desa_kelurahan&nik=buruk",
    "angka peta, lantai tanah": "/peta/data/?ukuran=lantai_tanah&tingkat=desa_kelurahan",
    "angka peta, padan": "/peta/data/?ukuran=padan&tingkat=desa_kelurahan",
    "panel peta": "/peta/panel/{wilayah}/?ukuran=program_pkh",
    "pekerjaan saya": "/pekerjaan/",
    "unduhan": "/ekspor/",
    "data ganda": "/ganda/",
    "padan": "/padan/",
}
# Of those who import: benchmarks/imports.py makes what they show.
IMPOR = {
    "impor": "/impor/",
    "unggah": "/impor/baru/",
    "impor yang diterapkan": "/impor/{terap}/",
    "impor yang diurungkan": "/impor/{urung}/",
    "pratinjau": "/impor/{tinjau}/",
    "pratinjau, satu kabupaten": "/impor/{tinjau}/?wilayah=1903&hitung=keluarga",
    "rincian, orang": "/impor/{tinjau}/rincian/",
    "rincian, keluarga yang berubah": "/impor/{tinjau}/rincian/?apa=keluarga&golongan=berubah",
    "rincian, halaman 3": "/impor/{tinjau}/rincian/?halaman=3",
    "rincian, satu isian": "/impor/{tinjau}/rincian/?apa=keluarga&golongan=berubah&isian=alamat",
    "rincian, satu kabupaten": "/impor/{tinjau}/rincian/?wilayah=1903",
    "rincian, yang ditolak": "/impor/{tinjau}/rincian/?golongan=ditolak",
    "aturan": "/impor/{tinjau}/aturan/",
    "terapkan": "/impor/{tinjau}/terapkan/",
    "buang": "/impor/{tinjau}/buang/",
    "urungkan": "/impor/{terap}/urungkan/",
    "terapkan lagi": "/impor/{urung}/terapkan-lagi/",
    "yang tetap": "/impor/{urung}/tetap/{urung_job}/",
}
PUTUSAN = {"putusan": "/impor/{putusan}/putusan/"}
OTHERS = {
    "Dinsos kabupaten": (
        "rina",
        {"putusan padan": "/padan/putusan/", "NIK yang diusulkan": "/padan/usul/"},
    ),
    "auditor": (
        "lukman",
        {"beranda": "/", "jejak": "/jejak/", "jejak, disaring": "/jejak/?wilayah=1903&halaman=20"},
    ),
    "pimpinan": (
        "zainal",
        {
            "beranda": "/",
            "halaman wilayah": "/wilayah/{wilayah}/",
            "angka peta, desa": "/peta/data/?ukuran=program_pkh&tingkat=desa_kelurahan",
        },
    ),
}
# Pages whose rows can be had with one bare statement: benchmarks/sql/halaman_*.sql
BARE = {
    "daftar": "halaman_daftar",
    "daftar, penerima PKH": "halaman_penerima",
    "cari nama lengkap": "halaman_cari",
    "satu keluarga": "halaman_keluarga",
    "angka peta, desa": "halaman_peta",
}


@dataclass
class Visitor:
    """Somebody logged in, and what stands in his addresses."""

    user: User
    cookie: str
    words: dict[str, str]
    keluarga: int | None
    wilayah: str
    impor: dict[str, int]


@dataclass
class Page:
    """One page as one visitor asks for it, and what was measured."""

    nama: str
    peran: str
    visitor: Visitor
    path: str
    detik: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    kueri: int = 0


class Site:
    """The site in this process: what gunicorn calls, without a socket."""

    def __init__(self) -> None:
        self.application = get_wsgi_application()

    def get(self, page: Page) -> float:
        """Ask for the page and return the seconds until its last byte; anything but 200 ends the bench."""
        path, _, query = page.path.partition("?")
        environ = {"PATH_INFO": path, "QUERY_STRING": query, "HTTP_COOKIE": page.visitor.cookie}
        setup_testing_defaults(environ)
        environ["wsgi.errors"] = io.StringIO()
        statuses: list[str] = []
        start = time.perf_counter()
        response = self.application(environ, lambda status, headers: statuses.append(status))
        b"".join(response)
        response.close()
        seconds = time.perf_counter() - start
        if not statuses[0].startswith("200"):
            raise SystemExit(f"{page.nama} untuk {page.peran} ({page.path}) menjawab {statuses[0]}.")
        return seconds

    def queries(self, page: Page) -> int:
        """Ask for the page and count what it asks the database."""
        asked = 0

        def count(execute, sql, params, many, context):
            nonlocal asked
            asked += 1
            return execute(sql, params, many, context)

        with connection.execute_wrapper(count):
            self.get(page)
        return asked


def visitor(username: str) -> Visitor:
    """Log a user of the demo in; his searches are in his session already."""
    user = User.objects.get(username=username)
    client = Client()
    client.force_login(user)
    post = user.penugasan_list.select_related("wilayah").earliest("wilayah_id")
    with use_territory(user):
        words, keluarga = _words(user)
    session = client.session
    session["cari"] = words
    session.save()
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    return Visitor(user, cookie, words, keluarga, post.wilayah_id, addresses_of(user))


def _words(user) -> tuple[dict[str, str], int | None]:
    """What he looks for (the commonest name of his land, a whole name, a NIK), and a keluarga to open."""
    if territory_of(user).is_empty:
        return {}, None
    people = Anggota.objects.visible_to(user)
    names = Counter(nama.partition(" ")[0] for nama in people.values_list("nama_normal", flat=True)[:20_000])
    heads = people.filter(kepala=True, nik_status="valid")
    head = heads.order_by("wilayah_id", "pk")[heads.count() // 2]
    return {"sering": names.most_common(1)[0][0], "lengkap": head.nama, "nik": head.nik}, head.keluarga_id


def common_pages() -> list[Page]:
    """Every page of every peran that an import is not needed for."""
    return _pages({peran: (username, PAGES) for peran, username in PEOPLE.items()} | OTHERS)


def import_pages() -> list[Page]:
    """The pages of imports, of those who have some, and the second person's."""
    asked = {peran: (PEOPLE[peran], IMPOR) for peran in IMPORTERS}
    return _pages(asked) + _pages({"provinsi": (PEOPLE["provinsi"], PUTUSAN)})


def _pages(asked: dict[str, tuple[str, dict[str, str]]]) -> list[Page]:
    found = []
    for peran, (username, pages) in asked.items():
        who = visitor(username)
        words = {"keluarga": who.keluarga, "wilayah": who.wilayah} | who.impor
        for nama, path in pages.items():
            found.append(Page(nama, peran, who, path.format(**words)))
    return found


# --- queries of a page ----------------------------------------------------------------------------


def kueri() -> dict:
    """Count each page's queries over 2 rows, then over 200 and more."""
    never = 10**9
    with (
        # a slow moment must not save a question, nor a warning add one
        override_settings(REMEMBER_SECONDS=0, AMBANG_VOLUME=dict.fromkeys(settings.AMBANG_VOLUME, never)),
        patch.object(sessions, "WRITE_EVERY", never),  # nor the clock of a session, once a minute
    ):
        return _counted(Site())


def _counted(site: Site) -> dict:
    make_accounts()
    growing = _growing(site, common_pages, lambda: _fill(0, 2), lambda: _fill(2, 200))
    growing += _growing(site, import_pages, lambda: _import(FEW), lambda: _import(MANY))
    return {"tetap": not growing, "tumbuh": growing}


def _growing(
    site: Site, pages: Callable[[], list[Page]], fill: Callable[[], None], more: Callable[[], None]
) -> list[str]:
    """The pages that ask more, or less, after there is more."""
    fill()
    few = [_settled(site, page) for page in pages()]
    more()
    many_pages = pages()
    many = [_settled(site, page) for page in many_pages]
    return [
        f"{page.nama} ({page.peran}): {before} lalu {after}"
        for page, before, after in zip(many_pages, few, many, strict=True)
        if before != after
    ]


def _import(keluarga: int) -> None:
    """For each who imports, imports of so many families."""
    for peran in IMPORTERS:
        who = User.objects.get(username=PEOPLE[peran])
        make_imports(who, provinsi=SOME_PROVINCE, kecil=keluarga, besar=keluarga)


def _settled(site: Site, page: Page) -> int:
    """Its queries right after it was asked for: what a process asks once, and a session once a minute, is past."""
    site.get(page)
    return site.queries(page)


def _fill(start: int, stop: int) -> None:
    """Families, people, programmes, ranks, trail, jobs and exports: from `start` to `stop` of each.

    All families lie in the village of the PSM; from the second time on every other village has one too.
    """
    psm = User.objects.get(username=PEOPLE["PSM"])
    sumber, _ = Sumber.objects.get_or_create(jenis=Sumber.Jenis.DTKS, periode="2026-10")
    importer = User.objects.get(username=PEOPLE["provinsi"])
    here = psm.penugasan_list.get().wilayah_id
    places = [here] * (stop - start)
    if start:
        places += Wilayah.objects.villages().exclude(kode=here).values_list("kode", flat=True)
    with use_territory(importer), transaction.atomic():
        keluarga_list = Keluarga.objects.bulk_create(
            Keluarga(sumber=sumber, wilayah_id=kode, no_kk=f"{kode}{start + n:06d}")
            for n, kode in enumerate(places)
        )
        first = Keluarga.objects.order_by("pk")[0]
        heads = [_person(sumber, keluarga, kepala=True) for keluarga in keluarga_list]
        heads += [_person(sumber, first, kepala=False) for _ in range(start, stop)]
        Anggota.objects.bulk_create(heads)
        Kepesertaan.objects.bulk_create(
            Kepesertaan(program_id="PKH", keluarga=k, sumber=sumber, wilayah_id=k.wilayah_id)
            for k in keluarga_list
        )
        Peringkat.objects.bulk_create(
            Peringkat(keluarga=k, sumber=sumber, persentil=5, wilayah_id=k.wilayah_id) for k in keluarga_list
        )
        for periode in ("2026-04", sumber.periode):
            named, _ = Sumber.objects.get_or_create(jenis=Sumber.Jenis.DTKS, periode=periode)
            job = Job.objects.create(jenis="impor_dtks", pemilik=importer, keadaan=Job.Keadaan.SELESAI)
            Tercatat.objects.bulk_create(
                Tercatat(keluarga=k, sumber=named, job=job, wilayah_id=k.wilayah_id, anggota=[start])
                for k in keluarga_list[:: 2 if named == sumber else 1]
            )
        Jejak.objects.bulk_create(
            Jejak(pengguna=psm, aksi=Jejak.Aksi.LIHAT_ORANG, objek="keluarga", wilayah_id="1903")
            for _ in range(start, stop)
        )
        for owner in User.objects.filter(username__in=[*PEOPLE.values()]):
            for number in range(start, stop):
                job = Job.objects.create(jenis="impor_dtks", pemilik=owner, keadaan=Job.Keadaan.SELESAI)
                impor = Impor.objects.create(
                    job=job,
                    keadaan=Impor.Keadaan.DITERAPKAN,
                    sumber=sumber,
                    pemilik=owner,
                    ukuran=1,
                    sha256=f"{number}",
                    nama_berkas="x.csv",
                )
                Langkah.objects.create(impor=impor, jenis=Langkah.Jenis.TERAP, job=job, oleh=owner)
                Ekspor.objects.create(
                    jenis="keluarga",
                    bentuk=Ekspor.Bentuk.XLSX,
                    keadaan=Ekspor.Keadaan.KEDALUWARSA,
                    pemilik=owner,
                    cakupan=[here],
                    baris=1,
                    orang=1,
                )


def _person(sumber: Sumber, keluarga: Keluarga, *, kepala: bool) -> Anggota:
    return Anggota(
        sumber=sumber,
        keluarga=keluarga,
        wilayah_id=keluarga.wilayah_id,
        nik="1903010101800001",
        nik_status=Anggota.NikStatus.VALID if kepala else Anggota.NikStatus.EXCEL,
        nama="SITI AMINAH",
        nama_normal="SITI AMINAH",
        kepala=kepala,
    )


# --- time of a page ------------------------------------------------------------------------------


def waktu(rounds: int) -> dict:
    """Measure every page in turn, each with policies and without, and the bare statements between them."""
    site = Site()
    _connect_as_bypass()
    pages = common_pages() + import_pages()
    for page in pages:
        page.detik["dingin"] = [_cold(site, page) for _ in range(COLD)]
    order = list(pages)
    shuffle = random.Random(19).shuffle
    for turn in range(rounds):
        shuffle(order)
        for page in order:
            site.get(page)  # warm again, whatever the others pushed out
            roles = (APP, BYPASS) if turn % 2 else (BYPASS, APP)
            for role in roles:
                _become(role)
                page.detik[role].append(site.get(page))
            _become(APP)
            if page.nama in BARE and page.visitor.keluarga:
                page.detik["polos"].append(_bare(page))
        print(f"putaran {turn + 1}/{rounds}", file=sys.stderr, flush=True)
    for page in pages:
        page.kueri = site.queries(page)
    with use_territory(User.objects.get(username=PEOPLE["provinsi"])):
        keluarga, anggota = Keluarga.objects.count(), Anggota.objects.count()
    return {
        "keluarga": keluarga,
        "anggota": anggota,
        "halaman": [
            {"nama": page.nama, "peran": page.peran, "kueri": page.kueri, "detik": dict(page.detik)}
            for page in pages
        ],
    }


def impor(keluarga: int) -> dict:
    """Imports of the whole land of each importer, at every step a page shows."""
    for peran in IMPORTERS:
        make_imports(User.objects.get(username=PEOPLE[peran]), provinsi=keluarga, kecil=2_000)
    return {"impor": Impor.objects.count()}


def jejak(rows: int) -> dict:
    """A trail of one family shown after the other, over a year."""
    psm = User.objects.get(username=PEOPLE["PSM"])
    with use_territory(User.objects.get(username=PEOPLE["provinsi"])):
        seen = list(Keluarga.objects.order_by("pk").values_list("pk", "wilayah_id")[:rows])
    now, year = timezone.now(), timedelta(days=365)
    lines = (
        Jejak(
            waktu=now - year * place / len(seen),
            pengguna=psm,
            aksi=Jejak.Aksi.LIHAT_ORANG,
            objek="keluarga",
            objek_id=str(pk),
            wilayah_id=wilayah,
        )
        for place, (pk, wilayah) in enumerate(seen)
    )
    while batch := list(islice(lines, 5_000)):
        Jejak.objects.bulk_create(batch)
    return {"baris": len(seen)}


def _connect_as_bypass() -> None:
    """One connection for both roles: it may become the app role and go back, and it is never renewed."""
    connection.close()
    connection.settings_dict |= {"USER": BYPASS, "CONN_MAX_AGE": None}
    for role, sees in ((APP, False), (BYPASS, True)):
        _become(role)
        with connection.cursor() as cursor:
            cursor.execute("SELECT EXISTS (SELECT FROM kpm_keluarga)")
            if cursor.fetchone()[0] != sees:
                raise SystemExit(f"Peran {role} tidak melihat apa yang seharusnya.")
    _become(APP)


def _become(role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE" if role == BYPASS else f"SET ROLE {role}")


def _cold(site: Site, page: Page) -> float:
    """The page when nothing is remembered: as after an import, or once a minute."""
    cache.clear()
    return site.get(page)


def _bare(page: Page) -> float:
    """The rows of the page by one statement, under the same policies."""
    who = page.visitor
    statement = (SQL / f"{BARE[page.nama]}.sql").read_text()
    words = {"kode": who.wilayah, "keluarga": who.keluarga, "nama": who.words["lengkap"]}
    with use_territory(who.user), connection.cursor() as cursor:
        start = time.perf_counter()
        cursor.execute(statement, words)
        cursor.fetchall()
        return time.perf_counter() - start


if __name__ == "__main__":
    what, *numbers = sys.argv[1:]
    work: dict[str, Callable] = {"kueri": kueri, "impor": impor, "jejak": jejak, "waktu": waktu}
    print(json.dumps(work[what](*map(int, numbers))))
