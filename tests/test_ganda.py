"""People who stand in the registers twice: found, shown side by side, decided, and taken back."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from access.models import Jejak
from access.scope import use_territory
from jobs.inbox import waiting_for
from kpm.ganda import LOCK, refresh_all, refresh_if_changed
from kpm.ganda_putusan import (
    BACK_OUTSIDE,
    CHANGED,
    COUNTING,
    OUTSIDE,
    SHOWN,
    decide_other,
    decide_same,
    take_back,
)
from kpm.isian import Refused, Why
from kpm.models import Anggota, Ganda, HitungGanda, Keluarga, Kepesertaan, Peringkat, PutusanGanda, Suntingan
from kpm.suntingan import correct_anggota, move_keluarga, remove_anggota
from tests.berkas import csv_bytes, import_bytes, person
from tests.conftest import LALANG_JAYA, RIAS, SERDANG, everything, make_keluarga

pytestmark = pytest.mark.django_db
PAGE = "/ganda/"
WHY = "anak kembar, dicocokkan dengan KK"
NIK = "1903010107800077"


def change(keluarga: Keluarga, place: int, **fields) -> Anggota:
    """One member (by place) with other fields."""
    with everything():
        one = Anggota.objects.filter(keluarga=keluarga).order_by("pk")[place]
        Anggota.objects.filter(pk=one.pk).update(**fields)
        one.refresh_from_db()
    return one


def groups() -> dict[str, set[str]]:
    """{kind: names}, of all the groups there are; two of a kind are joined."""
    with everything():
        found: dict[str, set[str]] = {}
        for jenis, nama in Ganda.objects.values_list("jenis", "anggota__nama"):
            found.setdefault(jenis, set()).add(nama)
    return found


@pytest.fixture
def families(keluarga_rias, keluarga_serdang, keluarga_lalang):
    return keluarga_rias, keluarga_serdang, keluarga_lalang


@pytest.fixture
def twins(families) -> Ganda:
    """HENDRA of Rias and MARLINA of Serdang carry one NIK."""
    change(families[0], 2, nik=NIK)
    change(families[1], 1, nik=NIK)
    refresh_all()
    with everything():
        return Ganda.objects.earliest("anggota_id")


@pytest.fixture
def twice(families) -> Ganda:
    """NURHAYATI of Rias stands in Serdang too, as MARLINA's row with her name and no NIK."""
    mother = {"nama_ibu": "SUMIATI"}
    change(families[0], 1, **mother)
    change(
        families[1],
        1,
        nama="NURHAYATI",
        nama_normal="NURHAYATI",
        nik="",
        nik_status="kosong",
        nama_ibu="SUMIATI, S.PD",
    )
    refresh_all()
    with everything():
        return Ganda.objects.earliest("anggota_id")


# --- what is found -------------------------------------------------------------------------------


def test_nobody_is_found_where_nobody_stands_twice(families):
    refresh_all()
    assert groups() == {}


def test_one_nik_in_two_families(twins):
    assert groups() == {"nik": {"HENDRA", "MARLINA"}}
    assert (twins.orang, twins.putusan_id) == (2, None)


def test_one_person_under_two_kk(twice):
    assert groups() == {"orang": {"NURHAYATI"}}
    with everything():
        assert Ganda.objects.count() == 2


@pytest.mark.parametrize(
    "fields",
    [
        {"nama_ibu": "ORANG LAIN"},
        {"tanggal_lahir": date(1980, 7, 9)},
        {"jenis_kelamin": "P"},
        {"status": "meninggal", "keluar_tanggal": date(2026, 1, 2)},
    ],
)
def test_other_people_of_that_name_are_left_alone(twice, families, fields):
    change(families[1], 1, **fields)
    refresh_all()
    assert groups() == {}


def test_two_valid_nik_tell_people_apart_unless_the_mother_joins_them(families):
    fields = {"nama": "NURHAYATI", "nama_normal": "NURHAYATI"}
    change(families[1], 1, **fields)
    refresh_all()
    assert groups() == {}
    change(families[0], 1, nama_ibu="SUMIATI")
    change(families[1], 1, nama_ibu="SUMIATI")
    refresh_all()
    assert groups() == {"orang": {"NURHAYATI"}}


def test_the_same_record_twice_whatever_the_village(families):
    record = {"nama": "HENDRA", "nama_normal": "HENDRA", "nik": NIK, "tanggal_lahir": date(1999, 1, 2)}
    change(families[0], 2, **record)
    change(families[2], 1, **record)
    refresh_all()
    assert groups() == {"rekaman": {"HENDRA"}}


def test_one_number_for_many_is_a_kind_of_its_own(families):
    for keluarga, place in ((families[0], 0), (families[1], 0), (families[2], 0)):
        change(keluarga, place, nik="9999999999999999", nik_status="wilayah")
    refresh_all()
    assert groups() == {"nik_banyak": {"ROSIDI", "EFENDI", "ZULKIFLI SAKTI"}}


def test_a_family_that_left_the_list_is_not_looked_at(twins, families):
    with everything():
        Keluarga.objects.filter(pk=families[1].pk).update(status="keluar", keluar_tanggal="2026-10-01")
    refresh_all()
    assert groups() == {}


def test_groups_keep_their_number_and_vanish_when_mended(twins, families):
    refresh_all()
    with everything():
        assert set(Ganda.objects.values_list("kelompok", flat=True)) == {twins.kelompok}
    change(families[1], 1, nik="1903010107800078")
    refresh_all()
    assert groups() == {}


def test_two_families_with_one_malformed_number(families):
    for keluarga in families[:2]:
        change(keluarga, 0, nik="19030101078000", nik_status="panjang")
    refresh_all()
    assert groups() == {"nik": {"ROSIDI", "EFENDI"}}


def test_a_number_that_excel_broke_does_not_hide_one_person_under_two_kk(families):
    mother = {"nama_ibu": "SUMIATI", "nik": "1903014107800000", "nik_status": "excel"}
    for keluarga in families[:2]:
        change(keluarga, 1, nama="NURHAYATI", nama_normal="NURHAYATI", **mother)
    refresh_all()
    assert groups() == {"rekaman": {"NURHAYATI"}}


# --- when it is counted --------------------------------------------------------------------------


def test_an_import_is_looked_through_once(pak_hasan, families):
    import_bytes(csv_bytes([person(40), person(41, NIK="190301070780" + "0040", NAMA="LAIN")]), pak_hasan)
    assert refresh_if_changed() and groups() == {"nik": {"ROSIDI", "LAIN"}}
    with everything():
        before = HitungGanda.objects.get().pada
    assert not refresh_if_changed()
    with everything():
        assert HitungGanda.objects.get().pada == before


def test_a_change_by_hand_is_looked_at_without_the_rest(bu_rina, families, twins):
    """A second pair that only a count of everybody would find stays unfound."""
    change(families[0], 0, nik="1903010107800099")
    change(families[2], 0, nik="1903010107800099")
    marlina = change(families[1], 1)
    with use_territory(bu_rina):
        why = Why(alasan="dokumen", surat={"jenis": "ktp", "tanggal": date(2026, 11, 1)})
        correct_anggota(by=bu_rina, why=why, anggota=marlina, isian={"nik": "1903014107800079"})
    assert refresh_if_changed()
    assert groups() == {}


# --- who sees what -------------------------------------------------------------------------------


def test_the_list_names_them_and_the_trail_says_so(client, bu_rina, twins):
    client.force_login(bu_rina)
    page = client.get(PAGE).content.decode()
    assert "Hendra, Marlina" in page and "NIK sama, 1" in page and f"/ganda/{twins.kelompok}/" in page
    assert "Zulkifli" not in page and NIK not in page
    with everything():
        line = Jejak.objects.get(aksi="lihat_daftar")
        assert (line.objek, line.rincian["kelompok"]) == ("ganda", 1)


def test_filters_by_kind_state_and_wilayah(client, bu_rina, twins):
    client.force_login(bu_rina)
    shown = {
        query: "Hendra" in client.get(f"{PAGE}?{query}").content.decode()
        for query in (
            "jenis=nik",
            "jenis=orang",
            "wilayah=190301",
            "wilayah=190302",
            "keadaan=beda",
            "jenis=x",
        )
    }
    assert shown == {
        "jenis=nik": True, "jenis=orang": False, "wilayah=190301": True, "wilayah=190302": False,
        "keadaan=beda": False, "jenis=x": True,
    }  # fmt: skip


def test_side_by_side_with_the_differences_marked(client, bu_rina, twice):
    client.force_login(bu_rina)
    page = client.get(f"{PAGE}{twice.kelompok}/").content.decode()
    assert page.count("<mark>") == 2 * 6  # NIK, mother, ID DTKS, No. KK, address, programme
    assert page.count("laki-laki") >= 2 and "190301**********" in page and "1903010207800001" not in page


def test_who_is_outside_is_counted_and_not_named(client, bu_rina, mbak_ayu, families):
    change(families[0], 2, nik=NIK)
    change(families[2], 1, nik=NIK)
    refresh_all()
    with everything():
        kelompok = Ganda.objects.first().kelompok
    client.force_login(bu_rina)
    page = client.get(f"{PAGE}{kelompok}/").content.decode()
    assert "1 catatan lain juga tercatat di luar wilayah Anda" in page and "Suharti" not in page
    assert OUTSIDE in page and "Simpan, lalu berikutnya" not in page
    with use_territory(bu_rina), pytest.raises(Refused, match="di luar wilayah Anda"):
        decide_other(by=bu_rina, kelompok=kelompok, sidik="x", alasan=WHY)
    client.force_login(mbak_ayu)
    page = client.get(f"{PAGE}{kelompok}/").content.decode()
    assert "Suharti" in page and "Hendra" not in page


def test_a_group_elsewhere_is_not_there(client, mbak_ayu, twins):
    client.force_login(mbak_ayu)
    assert client.get(f"{PAGE}{twins.kelompok}/").status_code == 404
    assert "Hendra" not in client.get(PAGE).content.decode()


def test_who_only_looks_decides_nothing(client, pak_tono, twins):
    client.force_login(pak_tono)
    page = client.get(f"{PAGE}{twins.kelompok}/").content.decode()
    assert "Hendra" in page and "Simpan, lalu berikutnya" not in page
    answer = client.post(
        f"{PAGE}{twins.kelompok}/",
        {"hasil": "beda", "alasan": WHY, "sidik": twins.sidik, "sekali": twins.sidik},
    )
    assert answer.status_code == 403 and not PutusanGanda.objects.exists()


def test_groups_of_one_import(client, pak_hasan, twins):
    rows = [person(40), person(41, NIK="1903010707800040", NAMA="LAIN")]
    impor = import_bytes(csv_bytes(rows), pak_hasan)
    refresh_all()
    client.force_login(pak_hasan)
    page = client.get(f"{PAGE}?impor={impor.pk}").content.decode()
    assert "Rosidi, Lain" in page and "Hendra" not in page
    report = client.get(f"/impor/{impor.pk}/").content.decode()
    assert f"/ganda/?impor={impor.pk}" in report


def test_the_inbox_counts_what_is_open(bu_rina, pak_tono, twins):
    with use_territory(bu_rina):
        (line,) = [one for one in waiting_for(bu_rina) if "ganda" in one.judul]
    assert (line.jumlah, line.url) == (1, PAGE)
    with use_territory(pak_tono):
        assert [one for one in waiting_for(pak_tono) if "ganda" in one.judul] == []


def test_the_number_of_queries_does_not_grow_with_the_rows(client, bu_rina, twins, sumber):
    client.force_login(bu_rina)
    client.get(PAGE)
    with CaptureQueriesContext(connection) as few:
        client.get(PAGE)
        client.get(f"{PAGE}{twins.kelompok}/")
    for number in range(20, 40, 2):
        pair = [make_keluarga(sumber, RIAS, number + n, f"ORANG {number + n}") for n in (0, 1)]
        for keluarga in pair:
            change(keluarga, 0, nik=f"19030101078001{number}")
    refresh_all()
    with CaptureQueriesContext(connection) as many:
        client.get(PAGE)
        client.get(f"{PAGE}{twins.kelompok}/")
    assert len(many) == len(few)


# --- decisions -----------------------------------------------------------------------------------


def test_other_people_are_not_asked_about_again(bu_rina, twins):
    with use_territory(bu_rina):
        putusan = decide_other(by=bu_rina, kelompok=twins.kelompok, sidik=str(twins.sidik), alasan=WHY)
    refresh_all()
    with everything():
        assert set(Ganda.objects.values_list("putusan", flat=True)) == {putusan.pk}


def test_until_what_is_recorded_of_them_changes(bu_rina, twins, families):
    with use_territory(bu_rina):
        decide_other(by=bu_rina, kelompok=twins.kelompok, sidik=str(twins.sidik), alasan=WHY)
    change(families[1], 1, nama="MARLINA SARI", nama_normal="MARLINA SARI")
    refresh_all()
    with everything():
        assert set(Ganda.objects.values_list("putusan", flat=True)) == {None}
        assert set(Ganda.objects.values_list("kelompok", flat=True)) == {twins.kelompok}


def test_a_decision_holds_again_when_an_import_is_taken_back(bu_rina, twins, families):
    with use_territory(bu_rina):
        putusan = decide_other(by=bu_rina, kelompok=twins.kelompok, sidik=str(twins.sidik), alasan=WHY)
    change(families[1], 1, nik="1903010107800078")
    refresh_all()
    assert groups() == {}
    change(families[1], 1, nik=NIK)
    refresh_all()
    with everything():
        assert set(Ganda.objects.values_list("putusan", flat=True)) == {putusan.pk}


def test_one_person_stays_and_the_other_is_taken_off_by_the_verb(bu_rina, twice):
    with use_territory(bu_rina):
        putusan = decide_same(
            by=bu_rina, kelompok=twice.kelompok, sidik=str(twice.sidik), tetap=twice.anggota_id, alasan=WHY
        )
    assert groups() == {}
    with everything():
        (edit,) = Suntingan.objects.all()
        off = Anggota.objects.get(pk=putusan.anggota_ids[1])
        assert (edit.alasan, edit.jenis, putusan.suntingan_ids) == ("ganda", "anggota_keluar", [edit.pk])
        assert (off.status, off.asal["status"]["oleh"]) == ("keluar", "petugas")
        assert Anggota.objects.get(pk=twice.anggota_id).status == "aktif"


def test_and_is_a_member_again_when_that_is_taken_back(bu_rina, twice):
    with use_territory(bu_rina):
        putusan = decide_same(
            by=bu_rina, kelompok=twice.kelompok, sidik=str(twice.sidik), tetap=twice.anggota_id, alasan=WHY
        )
        take_back(by=bu_rina, putusan_id=putusan.pk, alasan="salah orang")
        with pytest.raises(Refused, match="sudah dibatalkan"):
            take_back(by=bu_rina, putusan_id=putusan.pk, alasan="salah orang")
    assert groups() == {"orang": {"NURHAYATI"}}
    with everything():
        assert set(Anggota.objects.filter(pk__in=putusan.anggota_ids).values_list("status", flat=True)) == {
            "aktif"
        }


def test_a_head_that_is_taken_off_needs_a_successor(client, bu_rina, twice, families):
    """The form asks for one, and the verb refuses without."""
    change(families[1], 0, kepala=False, hubungan="anak")
    marlina = change(families[1], 1, kepala=True, hubungan="kepala keluarga")
    efendi = change(families[1], 0)
    client.force_login(bu_rina)
    data = {
        "hasil": "sama",
        "tetap": twice.anggota_id,
        "alasan": WHY,
        "sidik": twice.sidik,
        "sekali": twice.sidik,
    }
    answer = client.post(f"{PAGE}{twice.kelompok}/", data)
    assert answer.status_code == 422 and "Pilih kepala keluarga yang baru." in answer.content.decode()
    data |= {f"kepala_{marlina.pk}": efendi.pk, "yakin": "1"}
    answer = client.post(f"{PAGE}{twice.kelompok}/", data)
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    with everything():
        efendi.refresh_from_db()
        assert efendi.kepala and groups() == {}


def test_the_page_decides_and_leads_to_the_next(client, bu_rina, twins, sumber):
    pair = [make_keluarga(sumber, SERDANG, 50 + n, f"ORANG {n}") for n in (0, 1)]
    for keluarga in pair:
        change(keluarga, 0, nik="1903010107800150")
    refresh_all()
    with everything():
        first, second = (
            Ganda.objects.order_by("wilayah_id", "kelompok").values_list("kelompok", flat=True).distinct()[:2]
        )
    client.force_login(bu_rina)
    page = client.get(f"{PAGE}{first}/")
    form = page.context["form"]
    data = {
        "hasil": "beda",
        "alasan": WHY,
        "sidik": form["sidik"].value(),
        "sekali": str(form["sekali"].value()),
    }
    answer = client.post(f"{PAGE}{first}/?jenis=nik", data)
    assert (answer.status_code, answer["Location"]) == (302, f"{PAGE}{second}/?jenis=nik")
    with everything():
        putusan = PutusanGanda.objects.get()
    listed = client.get(f"{PAGE}?keadaan=beda").content.decode()
    assert WHY in listed and f"/ganda/putusan/{putusan.pk}/batal/" in listed
    assert client.post(f"/ganda/putusan/{putusan.pk}/batal/").status_code == 302
    with everything():
        assert not Ganda.objects.filter(putusan__isnull=False).exists()


@pytest.mark.parametrize(
    "fields, sentence",
    [
        ({}, "Pilih putusannya."),
        ({"hasil": "sama"}, "Pilih catatan yang dipertahankan."),
        ({"hasil": "beda", "alasan": "1903010107800077 kembar"}, "Jangan tulis NIK atau No. KK di sini"),
        ({"hasil": "beda", "alasan": "kembar"}, "sedikitnya 10 huruf"),
        ({"hasil": "beda", "sidik": "00000000-0000-0000-0000-000000000000"}, CHANGED),
    ],
)
def test_what_is_missing_is_said(client, bu_rina, twins, fields, sentence):
    client.force_login(bu_rina)
    data = {"alasan": WHY, "sidik": str(twins.sidik), "sekali": str(twins.sidik)} | fields
    answer = client.post(f"{PAGE}{twins.kelompok}/", data)
    assert answer.status_code == 422 and sentence in answer.content.decode()
    with everything():
        assert not PutusanGanda.objects.exists()


def test_many_with_one_number_are_never_one_person(bu_rina, families):
    for keluarga in families[:2]:
        change(keluarga, 0, nik="9999999999999999", nik_status="wilayah")
    change(families[0], 1, nik="9999999999999999", nik_status="wilayah")
    refresh_all()
    with everything():
        one = Ganda.objects.earliest("anggota_id")
    with use_territory(bu_rina), pytest.raises(Refused, match="satu per satu"):
        decide_same(by=bu_rina, kelompok=one.kelompok, sidik=str(one.sidik), tetap=one.anggota_id, alasan=WHY)


def test_tksk_and_admin_decide_nothing(pak_tono, pak_yusuf, twins):
    for by in (pak_tono, pak_yusuf):
        with use_territory(by), pytest.raises(PermissionDenied):
            decide_other(by=by, kelompok=twins.kelompok, sidik=str(twins.sidik), alasan=WHY)


def test_a_row_without_a_person_is_no_error(client, bu_rina, twins):
    """Between an undo that deletes people and the next count."""
    with everything():
        Anggota.objects.filter(pk=twins.anggota_id).delete()
    client.force_login(bu_rina)
    assert client.get(PAGE).status_code == 200
    assert client.get(f"{PAGE}{twins.kelompok}/").status_code == 200


# --- beside others -------------------------------------------------------------------------------


def same(by, one: Ganda, **fields) -> PutusanGanda:
    """Decide that the group of `one` is one person, whose first record stays."""
    arguments = {"kelompok": one.kelompok, "sidik": str(one.sidik), "tetap": one.anggota_id, "alasan": WHY}
    with use_territory(by):
        return decide_same(by=by, **(arguments | fields))


def other(by, one: Ganda) -> PutusanGanda:
    with use_territory(by):
        return decide_other(by=by, kelompok=one.kelompok, sidik=str(one.sidik), alasan=WHY)


def statuses(*ids: int) -> list[str]:
    with everything():
        return list(Anggota.objects.filter(pk__in=ids).order_by("pk").values_list("status", flat=True))


@pytest.fixture
def apart(families) -> Ganda:
    """HENDRA of Bangka Selatan and somebody of another kabupaten carry one NIK."""
    change(families[0], 2, nik=NIK)
    change(families[2], 1, nik=NIK)
    refresh_all()
    with everything():
        return Ganda.objects.earliest("anggota_id")


@pytest.mark.parametrize("decide", [same, other])
def test_a_decision_over_two_kabupaten_is_not_taken_back_by_one(client, bu_rina, pak_hasan, apart, decide):
    putusan = decide(pak_hasan, apart)
    with use_territory(bu_rina), pytest.raises(Refused, match="di luar wilayah Anda"):
        take_back(by=bu_rina, putusan_id=putusan.pk, alasan="salah orang")
    url = f"/ganda/putusan/{putusan.pk}/batal/"
    client.force_login(bu_rina)
    assert url not in client.get(f"{PAGE}?keadaan=beda").content.decode()
    assert BACK_OUTSIDE in client.get(url, follow=True).content.decode()
    client.force_login(pak_hasan)
    assert client.get(url).status_code == 200
    with use_territory(pak_hasan):
        take_back(by=pak_hasan, putusan_id=putusan.pk, alasan="salah orang")
    assert statuses(*putusan.anggota_ids) == ["aktif", "aktif"]
    with everything():
        assert set(Ganda.objects.values_list("putusan", flat=True)) == {None}


def test_two_officers_never_take_both_records_off(client, bu_rina, twins):
    """The second one's page is older than the last count."""
    with use_territory(bu_rina):
        keep = Anggota.objects.get(pk=twins.anggota_id)
        remove_anggota(by=bu_rina, why=Why("ganda"), anggota=keep)
    with pytest.raises(Refused):
        same(bu_rina, twins)
    with everything():
        assert sorted(Anggota.objects.filter(nik=NIK).values_list("status", flat=True)) == ["aktif", "keluar"]


def test_a_page_older_than_the_data_is_shown_anew_and_can_be_sent_again(client, bu_rina, twins, families):
    change(families[1], 1, tempat_lahir="KOBA")
    client.force_login(bu_rina)
    data = {"hasil": "beda", "alasan": WHY, "sidik": str(twins.sidik), "sekali": str(uuid.uuid4())}
    answer = client.post(f"{PAGE}{twins.kelompok}/", data)
    assert answer.status_code == 422 and CHANGED in answer.content.decode()
    sidik = answer.context["form"]["sidik"].value()
    assert sidik != str(twins.sidik)
    assert client.post(f"{PAGE}{twins.kelompok}/", data | {"sidik": sidik}).status_code == 302


def test_a_group_that_is_gone_meanwhile_is_said(client, bu_rina, twins, families):
    change(families[1], 1, nik="1903010107800078")
    client.force_login(bu_rina)
    data = {"hasil": "beda", "alasan": WHY, "sidik": str(twins.sidik), "sekali": str(uuid.uuid4())}
    answer = client.post(f"{PAGE}{twins.kelompok}/", data)
    assert answer.status_code == 422 and "tidak ada lagi" in answer.content.decode()


def test_nothing_is_decided_while_somebody_counts(bu_rina, families):
    counting = connection.copy()
    try:
        with counting.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        one = Ganda(kelompok=1, sidik=uuid.UUID(int=1), anggota_id=1)
        with pytest.raises(Refused, match=COUNTING):
            other(bu_rina, one)
        with use_territory(bu_rina), pytest.raises(Refused, match=COUNTING):
            take_back(by=bu_rina, putusan_id=1, alasan="salah orang")
        with counting.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
    finally:
        counting.close()
    with pytest.raises(Refused, match="tidak ada lagi"):
        other(bu_rina, one)


def test_what_is_decided_is_not_decided_again(bu_rina, pak_hasan, twins):
    other(pak_hasan, twins)
    with pytest.raises(Refused, match=f"orang berbeda oleh {pak_hasan.nama}"):
        same(bu_rina, twins)
    with pytest.raises(Refused, match=pak_hasan.nama):
        other(bu_rina, twins)
    with everything():
        assert PutusanGanda.objects.count() == 1


@pytest.mark.parametrize("decide", [same, other])
def test_a_form_sent_twice_decides_once(bu_rina, twins, decide):
    assert decide(bu_rina, twins) == decide(bu_rina, twins)
    with everything():
        assert PutusanGanda.objects.count() == 1


def test_the_page_of_a_group_decided_to_be_one_says_so(client, bu_rina, mbak_ayu, twins):
    same(bu_rina, twins)
    client.force_login(bu_rina)
    data = {
        "hasil": "sama",
        "tetap": twins.anggota_id,
        "alasan": WHY,
        "sidik": str(twins.sidik),
        "sekali": str(uuid.uuid4()),
    }
    answer = client.post(f"{PAGE}{twins.kelompok}/", data, follow=True)
    assert "Sudah disimpan: orang yang sama" in answer.content.decode()
    client.force_login(mbak_ayu)
    assert client.get(f"{PAGE}{twins.kelompok}/").status_code == 404


def test_somebody_who_moved_out_of_the_territory_meanwhile(bu_rina, pak_hasan, twins, families):
    with use_territory(pak_hasan):
        why = Why("dokumen", surat={"jenis": "ktp", "tanggal": date(2026, 11, 1)})
        move_keluarga(by=pak_hasan, why=why, keluarga=families[1], wilayah_id=LALANG_JAYA, alamat={})
    with pytest.raises(Refused, match="di luar wilayah Anda"):
        same(bu_rina, twins)


def test_more_records_than_are_shown_are_not_one_person(client, bu_rina, sumber):
    record = {"nama": "HENDRA", "nama_normal": "HENDRA", "nik": NIK, "tanggal_lahir": date(1999, 1, 2)}
    for number in range(SHOWN + 1):
        change(make_keluarga(sumber, RIAS, 20 + number, f"ORANG {number}"), 0, **record)
    refresh_all()
    with everything():
        one = Ganda.objects.earliest("anggota_id")
    assert one.jenis == "rekaman"
    with pytest.raises(Refused, match="terlalu banyak"):
        same(bu_rina, one)
    client.force_login(bu_rina)
    assert 'value="sama"' not in client.get(f"{PAGE}{one.kelompok}/").content.decode()


def test_decisions_are_kept(bu_rina, twins):
    """Only the mark that one was taken back may be written later."""
    putusan = other(bu_rina, twins)
    with everything(), pytest.raises(ProgrammingError), transaction.atomic():
        PutusanGanda.objects.filter(pk=putusan.pk).update(alasan="lain")
    with everything(), pytest.raises(ProgrammingError), transaction.atomic():
        PutusanGanda.objects.all().delete()


# --- before one person is decided ----------------------------------------------------------------


@pytest.fixture
def alone(families, sumber) -> Ganda:
    """HENDRA of Rias, and SENDIRI who lives alone with PKH and a rank, carry one NIK."""
    solo = make_keluarga(sumber, RIAS, 9, "SENDIRI", program="PKH")
    with everything():
        Peringkat.objects.create(keluarga=solo, sumber=sumber, desil=3, wilayah_id=RIAS)
    change(families[0], 2, nik=NIK)
    change(solo, 0, nik=NIK)
    refresh_all()
    with everything():
        return Ganda.objects.earliest("anggota_id")


def answers(one: Ganda, **fields) -> dict[str, str]:
    return {
        "hasil": "sama",
        "tetap": str(one.anggota_id),
        "alasan": WHY,
        "sidik": str(one.sidik),
        "sekali": str(uuid.uuid4()),
    } | fields


def test_what_happens_is_said_before_it_is_done(client, bu_rina, alone):
    client.force_login(bu_rina)
    url = f"{PAGE}{alone.kelompok}/"
    data = answers(alone)
    asked = client.post(url, data)
    page = asked.content.decode()
    assert asked.status_code == 200 and "Belum ada yang ditulis" in page
    assert "Catatan 1, Hendra di keluarga Rosidi, Rias, dipertahankan apa adanya." in page
    assert "Catatan 2, Sendiri, keluar dari keluarga Sendiri, Rias sebagai tercatat ganda." in page
    assert "Keluarga Sendiri, Rias tidak punya anggota lagi, jadi keluar dari daftar." in page
    assert "Program keluarga itu (PKH) tidak dihitung lagi." in page
    assert "Desil keluarga itu (3, " in page
    with everything():
        assert not PutusanGanda.objects.exists() and not Suntingan.objects.exists()
    again = client.post(url, data | {"ubah": "1"})
    assert again.status_code == 200 and WHY in again.content.decode()
    sent = {field.html_name: field.value() for field in asked.context["form"]}
    assert client.post(url, sent | {"yakin": "1"}).status_code == 302
    with everything():
        assert PutusanGanda.objects.get().hasil == "sama"
        assert Keluarga.objects.get(pk=Anggota.objects.get(nama="SENDIRI").keluarga_id).status == "keluar"


def test_the_confirmation_says_what_a_family_with_others_keeps(client, bu_rina, alone):
    with everything():
        keep = Ganda.objects.latest("anggota_id").anggota_id
        hendra = Anggota.objects.get(nama="HENDRA")
        Kepesertaan.objects.create(
            program_id="SEMBAKO",
            keluarga_id=hendra.keluarga_id,
            anggota=hendra,
            sumber_id=hendra.sumber_id,
            wilayah_id=RIAS,
        )
    client.force_login(bu_rina)
    page = client.post(f"{PAGE}{alone.kelompok}/", answers(alone, tetap=str(keep))).content.decode()
    assert "Catatan 1, Hendra, keluar dari keluarga Rosidi, Rias sebagai tercatat ganda." in page
    assert "Program atas namanya (Sembako) tidak dihitung lagi untuk keluarga itu." in page
    assert "tidak punya anggota lagi" not in page


def test_programmes_and_ranks_stand_side_by_side(client, bu_rina, alone):
    client.force_login(bu_rina)
    page = client.get(f"{PAGE}{alone.kelompok}/")
    lines = {label: [cell.nilai for cell in cells] for label, cells in page.context["line_list"]}
    assert lines["Program"] == ["PKH", "PKH"] and lines["Desil"][1].startswith("3, ")


def test_the_programme_of_who_left_stands_beside_nobody(client, bu_rina, alone):
    with everything():
        Anggota.objects.filter(nama="ROSIDI").update(status="meninggal", keluar_tanggal="2026-11-01")
    client.force_login(bu_rina)
    page = client.get(f"{PAGE}{alone.kelompok}/")
    lines = {label: [cell.nilai for cell in cells] for label, cells in page.context["line_list"]}
    assert lines["Program"][1] == "PKH" and "PKH" not in lines["Program"][0]
