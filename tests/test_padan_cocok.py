"""A match from its start to the results: who is found, how, and what people are asked."""

from __future__ import annotations

import re
import threading
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from access.scope import as_matcher
from jobs import actions as job_actions
from jobs import staging
from jobs.models import Job
from jobs.tasks import run
from kpm.models import Anggota, Keluarga, Sumber
from padan.actions import start_pencocokan
from padan.mesin import model
from padan.models import Ekstrak, Hasil, Kandidat, Pencocokan, Penduduk, Putusan
from tests.conftest import BELITUNG_TIMUR, LALANG_JAYA, PROVINSI, RIAS, SERDANG, everything, make_user

BORN = date(1980, 7, 1)
STRANGER = {
    "nama": "UJANG",
    "tanggal_lahir": date(2009, 1, 2),
    "jenis_kelamin": "P",
    "nik": "1903014201090001",
}


@pytest.fixture
def hasan(committed_db, monkeypatch):
    monkeypatch.setattr(job_actions, "send", lambda job_id, attempt: True)
    return make_user("hasan", "Yusuf Hasan", ("dinsos_prov", PROVINSI))


@pytest.fixture
def keluarga(hasan):
    sumber = Sumber.objects.create(jenis="DTKS", periode="2026-10")
    with everything():
        return Keluarga.objects.create(sumber=sumber, wilayah_id=RIAS, no_kk="1903011201200001")


@pytest.fixture
def person(keluarga):
    """An anggota; fields that are not named are those of `row`."""

    def make(**fields) -> Anggota:
        values = {
            "sumber": keluarga.sumber, "keluarga": keluarga, "wilayah_id": RIAS, "nik": "1903010107800001",
            "nik_status": "valid", "nama": "ROSIDI HASAN", "tempat_lahir": "TOBOALI", "tanggal_lahir": BORN,
            "jenis_kelamin": "L", "nama_ibu": "MARYAM",
        }  # fmt: skip
        values |= fields
        values["nama_normal"] = values["nama"]
        if not values["nik"]:
            values["nik_status"] = "kosong"
        with everything():
            return Anggota.objects.create(**values)

    return make


@pytest.fixture
def ekstrak(hasan):
    return Ekstrak.objects.create(
        nama_berkas="siak.xlsx", berkas="x", ukuran=1, sha256="0" * 64, tata_letak="siak", nomor_pks="1/PKS",
        tujuan="uji", berlaku_sampai="2099-12-31", diserahkan_oleh="Bu Endang", cakupan_id=PROVINSI,
        tanggal="2026-11-01", pemilik=hasan, keadaan="siap",
    )  # fmt: skip


@pytest.fixture
def row(ekstrak):
    """A row of the extract that is Rosidi of Desa Rias; fields named are otherwise."""

    def make(baris: int = 1, **fields) -> Penduduk:
        values = {
            "ekstrak": ekstrak, "baris": baris, "nik": "1903010107800001", "nik_status": "valid",
            "no_kk": "1903011201200001", "nama": "ROSIDI HASAN", "tempat_lahir": "TOBOALI", "tanggal_lahir": BORN,
            "jenis_kelamin": "L", "nama_ibu": "MARYAM", "wilayah_id": RIAS, "keadaan": "hidup",
        }  # fmt: skip
        values |= fields
        values["nama_normal"], values["ibu_normal"] = values["nama"], values["nama_ibu"]
        with as_matcher("uji: isi ekstrak"):
            return Penduduk.objects.create(**values)

    return make


@pytest.fixture
def match(hasan, ekstrak):
    """Run a match to its end; returns the run."""

    def go() -> Pencocokan:
        pencocokan = start_pencocokan(ekstrak=ekstrak, by=hasan)
        run(pencocokan.job_id, 1)
        pencocokan.refresh_from_db()
        assert pencocokan.keadaan == "selesai", pencocokan.job.pesan
        return pencocokan

    return go


@pytest.fixture
def told(match):
    """(hasil, alasan) of one anggota after a match."""

    def of(anggota: Anggota) -> tuple[str, list[str]]:
        pencocokan = match()
        with everything():
            hasil = Hasil.objects.get(pencocokan=pencocokan, anggota=anggota)
        return hasil.hasil, hasil.alasan

    return of


def test_who_agrees_in_all_is_padan_and_nobody_is_asked(person, row, match):
    rosidi = person()
    row()
    pencocokan = match()
    with everything():
        hasil = Hasil.objects.get()
        assert (hasil.hasil, hasil.kk_sesuai, hasil.wilayah_sesuai, hasil.skor) == ("PADAN", True, True, None)
        assert (hasil.anggota_id, hasil.tanggal) == (rosidi.pk, date(2026, 11, 1))
        assert not Kandidat.objects.exists()
        rosidi.refresh_from_db()
    assert rosidi.padan_hasil == "PADAN"
    assert pencocokan.angka == {"PADAN": 1} and pencocokan.terbaru


def test_a_run_is_read_on_its_page_and_the_next_copies_nothing_anew(client, hasan, person, row, match):
    rosidi, _ = person(), person(nik="1903010107809999", nama="ASMAN", tanggal_lahir=date(1955, 2, 3))
    row()
    first = match()
    client.force_login(hasan)
    html = client.get(f"/padan/jalan/{first.pk}/").content.decode()
    assert "1 dari 2 orang" in html and "orang/?hasil=TIDAK_DITEMUKAN" in html
    assert "NIK cocok dengan data Dukcapil per 1 November 2026" in (
        client.get(f"/padan/keluarga/{rosidi.keluarga_id}/").content.decode()
    )
    assert first.job.laporan["disalin"] == 2
    assert match().job.laporan["disalin"] == 0
    with everything():
        assert not Anggota.pgh_event_model.objects.exists()


SAID = [
    ({"tanggal_lahir": date(1980, 1, 7)}, {"tanggal_lahir": date(1980, 7, 1)}, "PADAN_SEBAGIAN"),
    ({"jenis_kelamin": "P"}, {}, "PADAN_SEBAGIAN"),
    ({"nama": "ZULKIFLI SAKTTI"}, {"nama": "ZULKIFLI SAKTI"}, "PADAN"),
    ({}, {"nama": "SITI AMINAH", "tanggal_lahir": date(1931, 3, 9), "jenis_kelamin": "P"}, "BEDA_ORANG"),
    ({}, {"keadaan": "meninggal"}, "MENINGGAL"),
    ({}, {"keadaan": "nonaktif"}, "NONAKTIF"),
    ({}, {"keadaan": "ganda"}, "GANDA"),
    ({}, {"wilayah_id": SERDANG}, "PINDAH"),
    ({"nik": ""}, {}, "CALON"),
    ({"nik": "190301010780001", "nik_status": "panjang"}, {}, "CALON"),
    ({"nik": "190301010780002", "nik_status": "panjang"}, STRANGER, "FORMAT_SALAH"),
    ({"nik": "1903010107809999"}, STRANGER | {"nama": "ASMAN"}, "TIDAK_DITEMUKAN"),
    ({"nik": ""}, STRANGER | {"nama": "BUDIMAN"}, "TIDAK_DITEMUKAN"),
]
WORDS = "ROSIDI HENDRA EFENDI MARWAN SUKIRNO TAMRIN JUNAIDI BAHRUN KARTONO LUKMAN PURNOMO WAHYUDI GUNTUR"
NAMES = re.findall(r"\w+", WORDS)


def test_what_is_said_of_whom(person, row, match):
    people = []
    for n, (of_person, of_row, _) in enumerate(SAID):
        base = {
            "nama": f"{NAMES[n]} SAKTI",
            "nik": f"19030101078{n:05d}",
            "tanggal_lahir": date(1950 + 3 * n, 7, n + 1),
        }
        people.append(person(**base | of_person))
        row(n + 1, **base | {"no_kk": f"19030112012{n:05d}", "nama_ibu": f"MARYAM {NAMES[n]}"} | of_row)
    match()
    with everything():
        found = dict(Hasil.objects.values_list("anggota_id", "hasil"))
    assert [found[one.pk] for one in people] == [hasil for _, _, hasil in SAID]


def test_a_brother_in_the_extract_is_not_him(person, row, told):
    rosidi = person(nik="")
    row(nama="RUSDI HASAN", nik="1903011203830001", tanggal_lahir=date(1983, 3, 12))
    assert told(rosidi) == ("TIDAK_DITEMUKAN", ["nik_kosong"])


def test_twins_are_kept_apart(person, row, match):
    twins = [person(nik="", nama=name) for name in ("HASAN BASRI", "HUSIN BASRI")]
    rows = [
        row(n, nama=name, nik=f"190301010780000{n}") for n, name in ((1, "HUSIN BASRI"), (2, "HASAN BASRI"))
    ]
    match()
    with everything():
        first = {k.anggota_id: k.isi["nama"] for k in Kandidat.objects.filter(urutan=1)}
    assert first == {twins[0].pk: rows[1].nama, twins[1].pk: rows[0].nama}


def test_a_candidate_brings_evidence_in_words_and_its_family(person, row, match):
    person(nik="")
    row()
    row(
        2,
        nama="MARLINA",
        nik="1903014107850002",
        hubungan="istri",
        jenis_kelamin="P",
        tanggal_lahir=date(1985, 7, 1),
    )
    match()
    with everything():
        kandidat = Kandidat.objects.get()
    assert kandidat.jenis == "calon" and kandidat.isi["nik"] == "1903010107800001"
    assert [one["nama"] for one in kandidat.isi["keluarga"]] == ["MARLINA"]
    assert {"Nama sama", "Tanggal lahir sama", "No. KK dan ibu sama"} <= {
        one["kata"] for one in kandidat.bobot
    }
    assert "1903010107800001" not in kandidat.kunci and len(kandidat.kunci) == 64


def test_a_decision_survives_the_next_run_and_falls_with_its_data(person, row, match, hasan):
    rosidi = person(nik="")
    one = row()
    match()
    with everything():
        k = Kandidat.objects.get()
        Putusan.objects.create(
            anggota=rosidi, wilayah_id=RIAS, kunci=k.kunci, sidik=k.sidik, hasil="tolak", oleh=hasan
        )
    match()
    with everything():
        assert Kandidat.objects.latest("pk").keadaan == "ditolak"
    with as_matcher("uji: isi ekstrak"):
        Penduduk.objects.filter(pk=one.pk).update(nama_ibu="MARIAM")
    match()
    with everything():
        again = Kandidat.objects.latest("pk")
    assert again.keadaan == "terbuka" and "Datanya berubah" in again.catatan


def test_a_thousand_namesakes_stop_nothing(person, row, ekstrak, told):
    rosidi = person(nik="")
    with as_matcher("uji: isi ekstrak"):
        Penduduk.objects.bulk_create(
            Penduduk(
                ekstrak=ekstrak, baris=n, nik=f"19030101078{n:05d}", nik_status="valid", nama="ROSIDI HASAN",
                nama_normal="ROSIDI HASAN", tanggal_lahir=BORN, jenis_kelamin="L", wilayah_id=RIAS,
                nama_ibu="MARYAM", ibu_normal="MARYAM", tempat_lahir="TOBOALI", no_kk=f"19030112012{n:05d}",
            )
            for n in range(2, 1002)
        )  # fmt: skip
    row()
    hasil, alasan = told(rosidi)
    assert hasil == "CALON" and "terlalu_banyak" in alasan
    with everything():
        assert Kandidat.objects.count() <= 5


def test_people_outside_what_the_extract_covers_get_no_result(person, row, ekstrak, match):
    person()
    far = person(nik="1906010107800001", wilayah_id=LALANG_JAYA)
    ekstrak.cakupan_id = BELITUNG_TIMUR
    ekstrak.save()
    row()
    match()
    with everything():
        assert list(Hasil.objects.values_list("anggota_id", flat=True)) == [far.pk]


def test_only_dinsos_of_the_province_starts_a_match(ekstrak):
    with pytest.raises(PermissionDenied):
        start_pencocokan(ekstrak=ekstrak, by=make_user("tono", "Tono", ("tksk", "190301")))


def test_who_lost_the_right_since_he_started_it_matches_nothing(ekstrak, hasan, person, row):
    person()
    row()
    pencocokan = start_pencocokan(ekstrak=ekstrak, by=hasan)
    hasan.penugasan_list.update(peran="admin")  # he still sees the whole province
    run(pencocokan.job_id, 1)
    pencocokan.refresh_from_db()
    assert pencocokan.keadaan == "gagal"
    assert "penugasan Dinsos" in pencocokan.job.pesan
    with everything():
        assert not Hasil.objects.exists()


def test_an_extract_whose_time_is_over_is_not_matched(ekstrak, hasan, person, row):
    person()
    row()
    pencocokan = start_pencocokan(ekstrak=ekstrak, by=hasan)
    Ekstrak.objects.filter(pk=ekstrak.pk).update(berlaku_sampai=timezone.localdate().replace(year=2020))
    run(pencocokan.job_id, 1)
    pencocokan.refresh_from_db()
    assert (pencocokan.keadaan, pencocokan.job.keadaan) == ("gagal", "gagal")
    assert "masa pakainya" in pencocokan.job.pesan


def test_an_empty_list_and_an_empty_extract_are_matched(match):
    assert match().angka == {}


def test_two_runs_over_one_extract_go_one_after_another(person, row, ekstrak, hasan):
    person()
    row()
    first = start_pencocokan(ekstrak=ekstrak, by=hasan)
    assert start_pencocokan(ekstrak=ekstrak, by=hasan) == first
    Job.objects.filter(pk=first.job_id).update(percobaan=1, keadaan="gagal")  # it has been tried once
    job_actions.retry(first.job)
    second = start_pencocokan(ekstrak=ekstrak, by=hasan)

    def go(job_id: int, attempt: int) -> None:
        try:
            run(job_id, attempt)
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=pair) for pair in ((first.job_id, 2), (second.job_id, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(Pencocokan.objects.values_list("keadaan", flat=True)) == ["selesai", "selesai"]
    assert Pencocokan.objects.filter(terbaru=True).count() == 1
    with everything():
        assert Hasil.objects.count() == 2


def test_a_model_is_not_learnt_from_a_handful_of_people(person, row, ekstrak):
    person()
    row()
    kept = model.MODEL.read_text()
    with pytest.raises(CommandError, match="hanya 1 pasangan yang pasti, perlu 200"):
        call_command("latih_padan", str(ekstrak.pk))
    assert model.MODEL.read_text() == kept


def test_no_table_of_the_engine_is_left(person, row, match):
    person()
    row()
    pencocokan = match()
    with staging.loader() as line, line.cursor() as cursor:
        assert staging.tables(cursor, f"job_{pencocokan.job_id}_%") == []


@override_settings(PADAN_AMBANG={"nama": 1.0})
def test_thresholds_are_noted_with_the_run(person, row, told, ekstrak):
    rosidi = person(nama="ROSIDI HASIM")
    row()
    assert told(rosidi)[0] == "PADAN_SEBAGIAN"
    assert Pencocokan.objects.get().ambang["nama"] == 1.0
