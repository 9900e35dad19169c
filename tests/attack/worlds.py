"""Two worlds in one database: with the family that some must not see, and without it.

The world with it is made first, asked, and rolled back; so the ids of its rows are known when the world
without them is asked for them.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from django.contrib.gis.geos import Point
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.utils import timezone

from access.models import Peran
from access.scope import TerritorialQuerySet, Territory, territory_of, use_territory
from jobs import staging
from jobs.models import Job
from kpm.models import (
    Anggota,
    Ganda,
    Impor,
    JawabanAnggota,
    JawabanKeluarga,
    Keluarga,
    Kepesertaan,
    Peringkat,
    PutusanGanda,
    Sumber,
    Suntingan,
    Tercatat,
)
from kpm.pratinjau import COLUMNS, GOLONGAN, border
from kpm.queries_rincian import Asked, Rows
from kpm.rekap import rewrite_rekap
from padan.models import Hasil, Kandidat, Pencocokan, Putusan, UsulNik
from spatial.layers import layer_list
from tests.attack.pages import Answer, Probe, ask
from tests.berkas import csv_bytes, import_bytes, person
from tests.conftest import LALANG_JAYA, RIAS, SERDANG, everything, make_keluarga, make_user
from tests.ekspor import ask as ask_ekspor
from tests.ekspor import make
from tests.padan_kandidat import make_kandidat, make_run
from tests.test_access import MATCHED, TABLE, record_match, record_periods

# Who must not see the family of Desa Rias.
OUTSIDERS = ["pak_budi", "mbak_ayu", "bu_dewi", "orang_baru"]
COUNTING = ["bu_lina", "pak_dedi"]  # see numbers from ten up, and no person
WORDS = ["ROSIDI", "rosidi", "NURHAYATI", "HENDRA", "1903010101200001", "1903010107800001", "DT00010"]
LEVELS = ["kabupaten_kota", "kecamatan", "desa_kelurahan"]
EMPTY = "1903011001"  # a village of Toboali where nobody is listed
OWN = 17  # one page of the list and a bit


@pytest.fixture
def bu_dewi(db):
    """PSM of a village in another kabupaten."""
    return make_user("dewi", "Dewi Anggraini", (Peran.PSM, LALANG_JAYA))


@pytest.fixture
def bu_sari(db):
    """PSM of a village where nobody is listed."""
    return make_user("sari", "Sari Kosong", (Peran.PSM, EMPTY))


@pytest.fixture
def few(settings, tmp_path, request):
    """What stands in both worlds: the people at work, a family here and there, cells all below ten."""
    settings.DATA_DIR = tmp_path
    for name in [*OUTSIDERS, *COUNTING, "bu_sri", "bu_rina", "pak_hasan", "pak_yusuf"]:
        request.getfixturevalue(name)
    for name in ("keluarga_serdang", "keluarga_lalang"):
        request.getfixturevalue(name)
    record_match(request.getfixturevalue("bu_rina"), [])
    with everything():
        rewrite_rekap()


@pytest.fixture
def common(few, sumber, request):
    """The same with families enough for a second page."""
    for number in range(OWN):
        make_keluarga(sumber, SERDANG, 100 + number, f"EFENDI {number}", "MARLINA", program="SEMBAKO")
        make_keluarga(sumber, LALANG_JAYA, 200 + number, f"ZULKIFLI {number}", program="PKH")
    with everything():
        for pk in Keluarga.objects.order_by("pk").values_list("pk", "wilayah_id"):
            Peringkat.objects.create(keluarga_id=pk[0], wilayah_id=pk[1], sumber=sumber, desil=1 + pk[0] % 4)
        for wilayah in (SERDANG, LALANG_JAYA):
            Keluarga.objects.filter(wilayah_id=wilayah).latest("pk").peringkat_list.all().delete()
        record_common_periods(request.getfixturevalue("bu_rina"))
        first = [
            Keluarga.objects.filter(wilayah_id=place).earliest("pk").pk for place in (SERDANG, LALANG_JAYA)
        ]
        record_match(request.getfixturevalue("bu_rina"), list(Keluarga.objects.exclude(pk__in=first)))
        for wilayah in (SERDANG, LALANG_JAYA):
            for keluarga in Keluarga.objects.filter(wilayah_id=wilayah):
                answer_bdt(keluarga, floor="02" if keluarga.pk % 2 else "09")
        rewrite_rekap()


def answer_bdt(keluarga: Keluarga, floor: str, wilayah: str = "", periode: str = "2015-08") -> None:
    """What BDT 2015 says of a house and of its head, an illness among it."""
    sumber = Sumber.objects.get_or_create(jenis="BDT2015", periode=periode)[0]
    how = {"sumber": sumber, "instrumen": "BDT2015", "wilayah_id": wilayah or keluarga.wilayah_id}
    JawabanKeluarga.objects.create(
        keluarga=keluarga, isi={"lantai": floor, "daya": "1", "luas_lantai": "36"}, **how
    )
    for anggota in Anggota.objects.filter(keluarga=keluarga)[:1]:
        isi = {"penyakit_kronis": "06", "partisipasi_sekolah": "0"}
        JawabanAnggota.objects.create(anggota=anggota, isi=isi, **how)


def record_common_periods(owner) -> None:
    """Two periods of everybody: in each village one grew, one left, one changed and one came."""
    record_periods(owner, list(Keluarga.objects.order_by("pk")))
    april, october = periods()
    for wilayah in (SERDANG, LALANG_JAYA):
        grew, left, changed, came, *_ = Keluarga.objects.filter(wilayah_id=wilayah).order_by("pk")
        grew.tercatat_list.filter(sumber=april).update(anggota=[])
        left.tercatat_list.filter(sumber=october).delete()
        Peringkat.objects.create(keluarga=changed, wilayah_id=wilayah, sumber=april, desil=9)
        Kepesertaan.objects.create(keluarga=changed, wilayah_id=wilayah, sumber=april, program_id="BPNT_PPKM")
        came.tercatat_list.filter(sumber=april).delete()


def periods() -> list[Sumber]:
    """April and October, as record_periods makes them."""
    return [Sumber.objects.get(jenis="DTKS", periode=periode) for periode in ("2026-04", "2026-10")]


Places = list[dict[str, int]]  # what fills the placeholders of the access table, in each of its ways


def add_foreign_family(request) -> Places:
    """The family of Desa Rias with its history."""
    places = request.getfixturevalue("places")
    keluarga, sumber = Keluarga(pk=places["keluarga"]), request.getfixturevalue("sumber")
    with everything():
        Peringkat.objects.create(keluarga=keluarga, wilayah_id=RIAS, sumber=sumber, desil=1)
        Keluarga.objects.filter(pk=keluarga.pk).update(alamat="JL. MELATI 9")
        Anggota.objects.filter(keluarga=keluarga, kepala=False).update(nik="", nik_status="kosong")
        answer_bdt(Keluarga.objects.get(pk=keluarga.pk), floor="09")
        rewrite_rekap()
    return [places]


def add_foreign_village(request) -> Places:
    """That family, others around it, rows below families elsewhere, and an import with rejected rows."""
    [places] = add_foreign_family(request)
    rina, sumber = request.getfixturevalue("bu_rina"), request.getfixturevalue("sumber")
    with everything():
        Peringkat.objects.create(
            keluarga=make_keluarga(sumber, RIAS, 6, "ROSIDI TANPA DESIL"),
            wilayah_id=RIAS,
            sumber=Sumber.objects.create(jenis="BDT", periode="2026-11"),
            persentil=5,
        )
        make_keluarga(sumber, RIAS, 7, "ROSIDI KELUAR", status="keluar", keluar_tanggal=date(2026, 11, 1))
        make_keluarga(sumber, RIAS, 8, "ROSIDI DIHAPUS").delete()
        Keluarga.objects.filter(pk=make_keluarga(sumber, RIAS, 9, "ROSIDI HILANG").pk).update(wilayah=None)
        add_straddling_rows(sumber)
    rows = [person(number, NAMA="ROSIDI IMPOR") for number in (51, 52)] + [person(53, NAMA="")]
    impor = import_bytes(csv_bytes(rows), rina, periode="2026-11")
    ekspor = make(ask_ekspor(rina))
    with everything():
        rewrite_rekap()
        own = [Keluarga.objects.filter(wilayah_id=kode).earliest("pk").pk for kode in (SERDANG, LALANG_JAYA)]
    reported = places | {"impor": impor.pk, "job": impor.job_id, "ekspor": ekspor.pk}
    return [places, reported, *(reported | {"keluarga": pk} for pk in own)]


def add_straddling_rows(sumber) -> None:
    """Rows of Desa Rias below families elsewhere, as a half-done move would leave them."""
    for number, elsewhere in enumerate((SERDANG, LALANG_JAYA), start=1):
        rows = Keluarga.objects.filter(wilayah_id=elsewhere)
        keluarga = rows.earliest("pk")
        other = Sumber.objects.get_or_create(jenis="DTKS", periode="2026-12")[0]
        anggota = Anggota.objects.create(
            pk=-number, kepala=True, sumber=sumber, keluarga=keluarga, wilayah_id=RIAS, nik_status="kosong",
            nama="ROSIDI PINDAH", nama_normal="ROSIDI PINDAH", tanggal_lahir=timezone.localdate() - timedelta(9),
        )  # fmt: skip
        Anggota.objects.filter(pk=anggota.pk).update(nik="1903010107800099", padan_hasil="GANDA")
        add_straddling_results(
            anggota, keluarga.anggota_list.get(kepala=True, wilayah_id=elsewhere), elsewhere
        )
        Kepesertaan.objects.create(
            program_id="PBI_JK", keluarga=keluarga, anggota=anggota, sumber=sumber, wilayah_id=RIAS
        )
        Kepesertaan.objects.create(program_id="BPNT_PPKM", keluarga=keluarga, sumber=sumber, wilayah_id=RIAS)
        Peringkat.objects.create(keluarga=keluarga, wilayah_id=RIAS, sumber=other, desil=10)
        add_straddling_periods(rows, other)
        answer_bdt(keluarga, floor="07", wilayah=RIAS, periode="2018")
        Peringkat.objects.create(keluarga=rows.latest("pk"), wilayah_id=RIAS, sumber=sumber, desil=10)
        Peringkat.objects.create(
            keluarga=keluarga,
            wilayah_id=RIAS,
            sumber=Sumber.objects.get_or_create(jenis="BDT", periode="2025-01")[0],
        ).delete()


def add_straddling_results(foreign: Anggota, own: Anggota, elsewhere: str) -> None:
    """What was found of somebody of Desa Rias while he was elsewhere, and of somebody from there while in Desa Rias."""
    run = Pencocokan.objects.get(ekstrak__sha256=MATCHED)
    for anggota, place, hasil in ((foreign, elsewhere, "GANDA"), (own, RIAS, "MENINGGAL")):
        Hasil.objects.create(
            pencocokan=run, ekstrak_id=run.ekstrak_id, anggota=anggota, keluarga_id=anggota.keluarga_id,
            wilayah_id=place, hasil=hasil, tanggal=date(2026, 11, 1),
        )  # fmt: skip


def add_straddling_periods(rows, other: Sumber) -> None:
    """What files said of families elsewhere while they were in Desa Rias: their people there do not hear it."""
    if not rows[0].tercatat_list.exists():
        return  # the world of few has no periods
    april, _ = periods()
    for keluarga, sumber in ((rows.order_by("pk")[0], other), (rows.order_by("pk")[3], april)):
        Tercatat.objects.create(
            keluarga=keluarga, sumber=sumber, job=Job.objects.latest("pk"), wilayah_id=RIAS, anggota=[1, 2]
        )
    Peringkat.objects.create(keluarga=rows.earliest("pk"), wilayah_id=RIAS, sumber=april, desil=10)


def add_moved_rows(places: Places) -> None:
    """What a guard alone stands before: a report of somebody else's import, own rows below foreign families."""
    job = Impor.objects.get(pk=places[1]["impor"]).job
    with everything():
        gone, foreign = Keluarga.objects.get(status="keluar"), Keluarga.objects.get(pk=places[0]["keluarga"])
        for some, program in zip(places[2:], ("PBI_JK", "SEMBAKO"), strict=True):
            own = Keluarga.objects.get(pk=some["keluarga"])
            Keluarga.objects.filter(pk=own.pk).update(job=job)
            Anggota.objects.create(
                sumber=own.sumber, keluarga=gone, wilayah_id=own.wilayah_id, nama="SITI", nama_normal="SITI",
                nik_status="kosong",
            )  # fmt: skip
            Kepesertaan.objects.create(
                program_id=program, keluarga=foreign, sumber=foreign.sumber, wilayah_id=own.wilayah_id
            )
            Tercatat.objects.create(
                keluarga=gone, sumber=periods()[0], wilayah_id=own.wilayah_id, anggota=[],
                job=Job.objects.create(jenis="impor_dtks", pemilik=job.pemilik, keadaan="selesai"),
            )  # fmt: skip
            moved = list(foreign.anggota_list.values_list("pk", flat=True))
            for jenis, keluarga, place in (
                ("pindah_keluar", foreign, own), ("pisah", own, own), ("keluarga", own, foreign),
            ):  # fmt: skip
                Suntingan.objects.create(
                    jenis=jenis, keluarga_id=keluarga.pk, wilayah_id=place.wilayah_id, alasan="warga",
                    anggota_ids=moved, oleh=job.pemilik, sekali=uuid.uuid4(),
                )  # fmt: skip
            answer_bdt(foreign, floor="09", wilayah=own.wilayah_id, periode=f"201{len(program)}")


def add_doubles(places: Places, importers) -> list[Probe]:
    """People who stand twice, with rows and decisions across the border; who asks for them. importers: of each place.

    Of each place one group reaches to Desa Rias, one was decided there, one is gone since it was, and one is named
    by an import of its own importer through what has moved away.
    """
    probes = [Probe("get", f"/ganda/?keadaan={state}") for state in ("terbuka", "beda")]
    probes.append(Probe("get", f"/ganda/?impor={places[1]['impor']}"))
    with everything():
        foreign = Anggota.objects.get(keluarga_id=places[0]["keluarga"], kepala=True)
        rina = Impor.objects.get(pk=places[1]["impor"]).pemilik
        _own_import(rina, "ditinjau")
        for place, (some, importer) in enumerate(zip(places[2:], importers, strict=True), start=1):
            own, far = Keluarga.objects.get(pk=some["keluarga"]), RIAS
            Keluarga.objects.filter(pk=own.pk).update(titik=Point(106.5, -2.9))
            head, here = own.anggota_list.get(kepala=True, pk__gt=0), own.wilayah_id
            moved = own.anggota_list.get(pk=-place)
            below = Anggota.objects.get(nama="SITI", wilayah_id=here)
            impor = _own_import(importer, "diterapkan")
            Anggota.objects.filter(pk__in=[moved.pk, below.pk]).update(job_ubah=impor.job)
            first = 10 * place
            there = _decide_far(first, rina, foreign)
            _decide_far(first + 2, rina, foreign, hasil="sama")
            _group(first, [(head, here), (moved, here), (foreign, far)])
            _group(first + 1, [(head, here)], putusan=there)
            _group(first + 3, [(head, here), (below, far)])
            _group(first + 4, [(head, here), (below, here)], putusan=there)
            probes += [Probe("get", f"/ganda/{first + n}/") for n in range(5)]
            probes.append(Probe("get", f"/ganda/?impor={impor.pk}"))
            _preview_of_moved(impor, foreign)
            probes += [
                Probe("get", f"/impor/{impor.pk}/rincian/?apa={unit}") for unit in ("anggota", "keluarga")
            ]
    return probes


def add_pairs(places: Places) -> list[Probe]:
    """Pairs of a match with somebody or something across the border, and proposed NIK; who asks for them."""
    probes = [Probe("get", f"/padan/putusan/?keadaan={state}") for state in ("terbuka", "ragu", "diterima")]
    with everything():
        foreign = Anggota.objects.get(keluarga_id=places[0]["keluarga"], kepala=True)
        rina = Impor.objects.get(pk=places[1]["impor"]).pemilik
        for some in places[2:]:
            head = Anggota.objects.get(keluarga_id=some["keluarga"], kepala=True, pk__gt=0)
            here, run = head.wilayah_id, make_run(rina)
            moved, below, own = (
                make_kandidat(run, one)
                for one in (foreign, Anggota.objects.get(nama="SITI", wilayah_id=here), head)
            )
            Kandidat.objects.filter(pk=moved.pk).update(wilayah_id=here)
            word = {"kunci": own.kunci, "sidik": own.sidik, "hasil": "terima", "oleh": rina}
            putusan = Putusan.objects.create(anggota=head, wilayah_id=here, **word)
            Kandidat.objects.filter(pk=own.pk).update(keadaan="diterima", putusan=putusan)
            nik = {"nik": "1903010107800777", "putusan": putusan, "diusulkan_oleh": rina}
            usul = UsulNik.objects.create(anggota=foreign, wilayah_id=here, keadaan="gugur", **nik)
            UsulNik.objects.create(anggota=head, wilayah_id=RIAS, **nik)
            probes += [Probe("get", f"/padan/putusan/{one.pk}/") for one in (moved, below, own)]
            probes.append(Probe("get", f"/padan/usul/{usul.pk}/"))
    probes += [Probe("get", f"/padan/usul/?keadaan={state}") for state in ("menunggu", "gugur")]
    return probes


def _preview_of_moved(impor: Impor, anggota: Anggota) -> None:
    """One's own preview, of which a keluarga lives in Desa Rias since, with an answer that is not for everybody."""
    name = f"job_{impor.job_id}_1"
    impor.tinjauan = {
        "tabel": {"tinjau": name, "nilai": name},
        "batas": border(territory_of(impor.pemilik)),
        "golongan": {unit: dict.fromkeys(GOLONGAN, 1) for unit in ("anggota", "keluarga")},
        "ditahan": {"anggota": {}, "keluarga": {}},
    }
    impor.save()
    with staging.loader() as line, line.cursor() as cursor:
        cursor.execute(f"CREATE TABLE staging.{name}_periksa (baris int, nama text, nik text, no_kk text)")
        cursor.execute(f"GRANT SELECT ON staging.{name}_periksa TO sentral_app")
        for unit in ("anggota", "keluarga"):
            table = f"staging.{name}_tinjau_{unit}"
            cursor.execute(f"CREATE TABLE {table} ({COLUMNS[f'tinjau_{unit}']})")
            known = {"wilayah_id": LALANG_JAYA, "golongan": "hilang", "keluarga_id": anggota.keluarga_id}
            known |= {"anggota_id": anggota.pk, "tolak": 0} if unit == "anggota" else {}
            known["ubah"] = json.dumps({"wilayah": [RIAS, LALANG_JAYA]})
            known["samping"] = '{"jawaban": {"BDT2015": [{"lantai": "09"}, {"penyakit_kronis": "06"}]}}'
            values = ", ".join(["%s"] * len(known))
            cursor.execute(
                f"INSERT INTO {table} ({', '.join(known)}) VALUES ({values})", list(known.values())
            )
            cursor.execute(f"GRANT SELECT ON {table} TO sentral_app")
    # Lacking what the pages read, it would be a page of "gone" that guards nothing.
    for unit in ("anggota", "keluarga"):
        with use_territory(impor.pemilik):
            assert len(Rows(impor, impor.pemilik, Asked(apa=unit)).page("1")[1]) == 1


def _own_import(owner, keadaan: str) -> Impor:
    then = timezone.now() - timedelta(60)  # shown as a date: what says "a minute ago" changes by itself
    job = Job.objects.create(jenis="impor_dtks", pemilik=owner, keadaan="selesai", dibuat=then, berakhir=then)
    return Impor.objects.create(
        sumber=periods()[1], pemilik=owner, job=job, keadaan=keadaan, nama_berkas="ganda.csv", berkas="x",
        tinjauan={"dibaca": 3}, ukuran=1, dibuat=then, sha256=f"{job.pk:064d}",
    )  # fmt: skip


def _decide_far(kelompok: int, by, anggota: Anggota, hasil: str = "beda") -> PutusanGanda:
    """A decision about somebody of Desa Rias."""
    return PutusanGanda.objects.create(
        kelompok=kelompok, jenis="nik", hasil=hasil, alasan="ROSIDI KEMBAR", sidik=uuid.UUID(int=1),
        wilayah_id=RIAS, anggota_ids=[anggota.pk], oleh=by,
    )  # fmt: skip


def _group(kelompok: int, members: list[tuple[Anggota, str]], putusan: PutusanGanda | None = None) -> None:
    """A group of these people, each with where it is kept."""
    for anggota, wilayah in members:
        Ganda.objects.create(
            kelompok=kelompok, jenis="nik", kunci=uuid.UUID(int=kelompok), sidik=uuid.UUID(int=1), anggota=anggota,
            keluarga_id=anggota.keluarga_id, wilayah_id=wilayah, orang=len(members), putusan=putusan,
        )  # fmt: skip


def table_probes(places: Places) -> list[Probe]:
    """Every address of the access table."""
    probes = [Probe(method, path.format(**some)) for some in places for method, path, _ in TABLE.values()]
    return list(dict.fromkeys(probes))


def starting_points(places: Places) -> list[Probe]:
    """Every address of the table, searches for the family, filters, each measure and level of the map."""
    probes = [Probe("get", "/"), *(Probe("post", "/keluarga/", (("cari", word),)) for word in WORDS)]
    probes += [Probe("get", f"/wilayah/{kode}/") for kode in ("19", "1903", "190301", RIAS, SERDANG, EMPTY)]
    probes += [
        Probe("get", f"/keluarga/?urut={sign}{order}&per=100")
        for order in ("kepala", "wilayah", "anggota", "desil", "persentil", "diubah")
        for sign in ("", "-")
    ]
    probes += [
        Probe("get", f"/keluarga/?{query}")
        for query in (
            "halaman=2", "halaman=99", f"wilayah={RIAS}", "wilayah=1903", "program=PBI_JK", "program=PKH",
            "program=tanpa", "desil=1", "desil=10", "desil=tanpa", "persentil=1-5", "nik=buruk", "nik=kosong",
            "padan=GANDA", "padan=cocok",
        )
    ]  # fmt: skip
    probes += [
        Probe("get", f"/keluarga/banding/{page}?perubahan={kind}&urut={order}&wilayah={kode}")
        for page, kind, order, kode in (
            ("", "", "-kini", "1903"), ("daftar/", "masuk", "wilayah", ""), ("daftar/", "keluar", "kepala", ""),
            ("daftar/", "desil_turun", "-peringkat", ""), ("daftar/", "tambah", "-kepala", ""),
            ("daftar/", "berubah", "kepala", ""),
            ("daftar/", "ikut_SEMBAKO", "", ""), ("daftar/", "lepas_BPNT_PPKM", "", ""), ("daftar/", "tetap", "", RIAS),
        )
    ]  # fmt: skip
    for question in (
        "indikator=BDT2015.lantai", "indikator=BDT2015.lantai&jawaban=09", "indikator=BDT2015.lantai&jawaban=07",
        "indikator=lantai_tanah&jawaban=tidak", "indikator=BDT2015.partisipasi_sekolah&jawaban=0",
        "indikator=BDT2015.penyakit_kronis&jawaban=06",
        "indikator=BDT2015.luas_lantai&jawaban=20-39", "indikator=BDT2015.luas_lantai",
    ):  # fmt: skip
        probes.append(Probe("get", f"/keluarga/?{question}"))
        probes.append(Probe("get", f"/peta/data/?ukuran=jawaban&tingkat=desa_kelurahan&semua=1&{question}"))
    probes += table_probes(places)
    for layer in layer_list():
        for level in LEVELS:
            query = f"ukuran={layer.kode}&tingkat={level}&semua=1"
            probes.append(Probe("get", f"/peta/data/?{query}"))
        probes.append(Probe("get", f"/peta/panel/{RIAS}/?ukuran={layer.kode}"))
        probes.append(Probe("get", f"/peta/?ukuran={layer.kode}&wilayah={RIAS}"))
    return list(dict.fromkeys(probes))


def answer_in(client: Client) -> Callable[[Probe], Answer]:
    """Ask a probe and take back what it wrote; a search is followed to its list."""

    def answer(probe: Probe) -> Answer:
        with undone():
            said = ask(client, probe)
            if probe.method == "post" and probe.data and said.status == 302:
                followed = client.post(probe.path, dict(probe.data), follow=True)
                page = ask(client, Probe("get", followed.redirect_chain[-1][0]))
                said = Answer(said.status, said.headers, page.body)
        return said

    return answer


@contextmanager
def undone() -> Iterator[None]:
    """Everything written inside is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def visitor(user) -> Callable[..., Client]:
    """A browser of that person, freshly logged in."""
    client = Client(raise_request_exception=False)
    client.force_login(user)
    cache.clear()
    return client


@pytest.fixture
def without_gate(monkeypatch):
    """Wall 1 taken away."""
    monkeypatch.setattr(TerritorialQuerySet, "visible_to", lambda self, user: self.all())


@pytest.fixture
def without_policies(monkeypatch):
    """Wall 2 taken away: every session may see everything."""
    settings_of = Territory.settings
    monkeypatch.setattr(Territory, "settings", lambda self: settings_of(self) | {"sentral.semua": "1"})
