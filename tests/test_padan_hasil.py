"""The latest result of a match on each anggota: copied by the set, beside imports, undo, edits; filter, measure."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.http import QueryDict

from access.scope import use_territory
from kpm.ekspor import words
from kpm.filters import Filter, words_of
from kpm.history import timeline_of
from kpm.isian import Why
from kpm.models import Anggota, HasilPadan, Keluarga, Rekap
from kpm.padan import record_padan
from kpm.padan_kata import MARKS, WORDS, sentence, short
from kpm.rekap import rewrite_rekap
from kpm.suntingan import correct_anggota, move_anggota
from kpm.suntingan_batal import undo_suntingan
from padan.models import Ekstrak, Hasil, Pencocokan
from spatial.layers import get_layer
from spatial.models import Wilayah
from tests.berkas import csv_bytes, import_bytes, person
from tests.conftest import BANGKA_SELATAN, LALANG_JAYA, PROVINSI, RIAS, SERDANG, everything, make_keluarga
from tests.test_suntingan import do, why
from tests.urungkan import registers, take_back

pytestmark = pytest.mark.django_db
NOVEMBER = date(2026, 11, 1)
DESA, KABUPATEN = Wilayah.Tingkat.DESA_KELURAHAN, Wilayah.Tingkat.KABUPATEN_KOTA


def make_ekstrak(owner, tanggal: date = NOVEMBER, **fields) -> Ekstrak:
    """A delivered extract that is ready."""
    number = Ekstrak.objects.count() + 1
    return Ekstrak.objects.create(
        **(
            {
                "nama_berkas": f"dukcapil-{number}.csv",
                "berkas": f"acak-{number}",
                "ukuran": 1,
                "sha256": f"{number:064d}",
                "tata_letak": "siak",
                "nomor_pks": "119/1/PKS/2026",
                "tujuan": "padan DTKS",
                "diserahkan_oleh": "Dukcapil provinsi",
                "berlaku_sampai": date(2027, 12, 31),
                "cakupan_id": PROVINSI,
                "tanggal": tanggal,
                "pemilik": owner,
                "keadaan": "siap",
            }
            | fields
        )
    )


def make_run(owner, found: dict[Anggota, str | dict], ekstrak: Ekstrak | None = None, **fields) -> Pencocokan:
    """A finished run with one result for each of these people, a word or its columns; the newest of its extract."""
    ekstrak = ekstrak or make_ekstrak(owner)
    ekstrak.pencocokan_list.update(terbaru=False)
    run = Pencocokan.objects.create(
        ekstrak=ekstrak, oleh=owner, **({"keadaan": "selesai", "terbaru": True} | fields)
    )
    with everything():
        Hasil.objects.bulk_create(
            Hasil(
                pencocokan=run,
                ekstrak=ekstrak,
                anggota=anggota,
                keluarga_id=anggota.keluarga_id,
                wilayah_id=anggota.wilayah_id,
                tanggal=ekstrak.tanggal,
                **({"hasil": hasil} if isinstance(hasil, str) else hasil),
            )
            for anggota, hasil in found.items()
        )
    return run


def record(by, run: Pencocokan) -> int:
    with use_territory(by):
        return record_padan(
            tabel="padan_hasil", pencocokan=run.pk, ekstrak=run.ekstrak_id, tanggal=run.ekstrak.tanggal
        )


def people(*keluarga_list: Keluarga) -> list[Anggota]:
    with everything():
        return list(Anggota.objects.filter(keluarga__in=keluarga_list).order_by("pk"))


def found_of(anggota: Anggota) -> tuple[str, date | None, int | None]:
    with everything():
        return Anggota.objects.values_list("padan_hasil", "padan_tanggal", "padan_ekstrak").get(pk=anggota.pk)


def events() -> int:
    with everything():
        return Anggota.pgh_event_model.objects.count()


def versions() -> dict[int, str]:
    with everything(), connection.cursor() as cursor:
        cursor.execute("SELECT id, xmin::text || ctid::text FROM kpm_anggota")
        return dict(cursor.fetchall())


# --- the verb ------------------------------------------------------------------------------------


def test_the_result_of_a_run_stands_on_its_people_and_on_nobody_else(
    pak_hasan, keluarga_rias, keluarga_lalang
):
    rosidi, nurhayati, hendra = people(keluarga_rias)
    run = make_run(pak_hasan, {rosidi: "PADAN", nurhayati: "BEDA_ORANG"})
    assert record(pak_hasan, run) == 2
    assert found_of(rosidi) == ("PADAN", NOVEMBER, run.ekstrak_id)
    assert found_of(nurhayati) == ("BEDA_ORANG", NOVEMBER, run.ekstrak_id)
    assert found_of(hendra) == ("", None, None)
    assert {found_of(one)[0] for one in people(keluarga_lalang)} == {""}


def test_the_same_result_again_writes_nothing(pak_hasan, keluarga_rias):
    found = dict.fromkeys(people(keluarga_rias), "PADAN")
    run = make_run(pak_hasan, found)
    assert record(pak_hasan, run) == 3
    before = versions()
    assert record(pak_hasan, run) == 0
    assert versions() == before


def test_a_result_is_no_event_of_the_register(pak_hasan, keluarga_rias):
    rosidi, *_ = people(keluarga_rias)
    record(pak_hasan, make_run(pak_hasan, {rosidi: "PADAN"}))
    assert events() == 0
    with everything():
        Anggota.objects.filter(pk=rosidi.pk).update(nama="ROSIDI BIN ALI", padan_hasil="CALON")
    assert events() == 1
    entries = timeline_of(keluarga_rias, people(keluarga_rias), pak_hasan)
    assert "padan" not in str([entry.ubah_list for entry in entries])


def test_older_data_of_the_registry_leave_a_newer_result_alone(pak_hasan, keluarga_rias):
    rosidi, nurhayati, _ = people(keluarga_rias)
    newer = make_run(pak_hasan, {rosidi: "PADAN"})
    record(pak_hasan, newer)
    older = make_ekstrak(pak_hasan, date(2026, 5, 1))
    assert record(pak_hasan, make_run(pak_hasan, {rosidi: "GANDA", nurhayati: "GANDA"}, older)) == 1
    assert found_of(rosidi) == ("PADAN", NOVEMBER, newer.ekstrak_id)
    assert found_of(nurhayati) == ("GANDA", date(2026, 5, 1), older.pk)


def test_a_second_run_of_the_same_extract_replaces_the_first(pak_hasan, keluarga_rias):
    rosidi, *_ = people(keluarga_rias)
    first = make_run(pak_hasan, {rosidi: "CALON"})
    record(pak_hasan, first)
    assert record(pak_hasan, make_run(pak_hasan, {rosidi: "PADAN"}, first.ekstrak)) == 1
    assert found_of(rosidi)[0] == "PADAN"


def test_only_people_in_the_territory_of_the_caller_are_written(
    pak_hasan, bu_rina, keluarga_rias, keluarga_lalang
):
    found = dict.fromkeys([*people(keluarga_rias), *people(keluarga_lalang)], "PADAN")
    assert record(bu_rina, make_run(pak_hasan, found)) == 3
    assert {found_of(one)[0] for one in people(keluarga_lalang)} == {""}


# --- beside imports, undo and edits ----------------------------------------------------------------


def by_nik(number: int) -> Anggota:
    with everything():
        return Anggota.objects.get(nik=f"190301070780{number:04d}")


def test_an_import_can_be_undone_after_a_match_and_what_was_found_stays(bu_rina, pak_hasan):
    """A match is no touch: the row that the import changed goes back, the row that it made goes."""
    import_bytes(csv_bytes([person(1), person(2)]), bu_rina)
    before = registers()["keluarga"]
    later = import_bytes(
        csv_bytes([person(1, NAMA="ROSIDI BARU"), person(2), person(3)]), bu_rina, nama="b.csv"
    )
    run = make_run(pak_hasan, dict.fromkeys([by_nik(1), by_nik(2), by_nik(3)], "PADAN"))
    record(pak_hasan, run)
    job = take_back(later, bu_rina)
    assert job.laporan["tetap"] == {}
    assert registers()["keluarga"] == before
    assert by_nik(1).nama == "ROSIDI"
    assert found_of(by_nik(1)) == found_of(by_nik(2)) == ("PADAN", NOVEMBER, run.ekstrak_id)
    with everything():
        assert not Anggota.objects.filter(nik__endswith="0003").exists()


def test_who_comes_back_with_an_undone_undo_has_what_was_found(bu_rina, pak_hasan):
    impor = import_bytes(csv_bytes([person(1)]), bu_rina)
    record(pak_hasan, make_run(pak_hasan, {by_nik(1): "GANDA"}))
    take_back(impor, bu_rina)
    take_back(impor, bu_rina)
    assert found_of(by_nik(1))[0] == "GANDA"


def test_an_import_after_a_match_changes_nothing_of_it_and_finds_nothing_changed(bu_rina, pak_hasan):
    import_bytes(csv_bytes([person(1), person(2)]), bu_rina)
    record(pak_hasan, make_run(pak_hasan, {by_nik(1): "PADAN", by_nik(2): "NONAKTIF"}))
    before = versions()
    again = import_bytes(csv_bytes([person(1), person(2)]), bu_rina, nama="lagi.csv", ulangi=True)
    assert versions() == before
    assert again.job.laporan["ditolak"] == 0
    import_bytes(csv_bytes([person(1, PEKERJAAN="NELAYAN"), person(2)]), bu_rina, nama="ubah.csv")
    assert by_nik(1).pekerjaan == "NELAYAN"
    assert (found_of(by_nik(1))[0], found_of(by_nik(2))[0]) == ("PADAN", "NONAKTIF")


def test_a_member_that_a_file_moves_to_another_family_keeps_his(bu_rina, pak_hasan):
    import_bytes(csv_bytes([person(1), person(2)]), bu_rina)
    record(pak_hasan, make_run(pak_hasan, {by_nik(2): "PADAN"}))
    moved = person(2, NOKK="1903010101200001", HUB_KELUARGA="ANAK")
    import_bytes(csv_bytes([person(1), moved]), bu_rina, nama="pindah.csv")
    assert by_nik(2).keluarga_id == by_nik(1).keluarga_id
    assert found_of(by_nik(2))[0] == "PADAN"


def test_a_member_moved_by_hand_keeps_his(bu_rina, pak_hasan, keluarga_rias, keluarga_serdang):
    *_, hendra = people(keluarga_rias)
    record(pak_hasan, make_run(pak_hasan, {hendra: "PINDAH"}))
    do(
        move_anggota,
        by=bu_rina,
        why=why(),
        anggota=hendra,
        no_kk=keluarga_serdang.no_kk,
        hubungan="famili lain",
    )
    assert {one.pk for one in people(keluarga_serdang)} > {hendra.pk}
    assert found_of(hendra)[0] == "PINDAH"


def test_an_edit_after_a_match_can_be_undone_and_what_was_found_stays(bu_rina, pak_hasan, keluarga_rias):
    rosidi, *_ = people(keluarga_rias)
    line = do(correct_anggota, by=bu_rina, why=why(), anggota=rosidi, isian={"pekerjaan": "NELAYAN"})
    record(pak_hasan, make_run(pak_hasan, {rosidi: "PADAN"}))
    do(undo_suntingan, by=bu_rina, why=Why("keliru"), suntingan=line)
    with everything():
        rosidi.refresh_from_db()
    assert (rosidi.pekerjaan, rosidi.padan_hasil) == ("", "PADAN")


# --- filter --------------------------------------------------------------------------------------


@pytest.fixture
def matched(pak_hasan, keluarga_rias, keluarga_serdang, keluarga_lalang):
    """Rias: one who agrees, one with somebody else's NIK, one nobody has matched. Serdang and Lalang: all agree."""
    rosidi, nurhayati, _ = people(keluarga_rias)
    found = dict.fromkeys(people(keluarga_serdang, keluarga_lalang), "PADAN")
    record(pak_hasan, make_run(pak_hasan, found | {rosidi: "PADAN", nurhayati: "BEDA_ORANG"}))
    return {"rias": keluarga_rias, "serdang": keluarga_serdang, "lalang": keluarga_lalang}


def filtered(user, query: str) -> set[int]:
    with use_territory(user):
        return set(Filter.read(QueryDict(query)).keluarga(user).values_list("pk", flat=True))


@pytest.mark.parametrize(
    "asked, where",
    [
        ("cocok", ["serdang", "lalang"]),
        ("perlu", ["rias"]),
        ("BEDA_ORANG", ["rias"]),
        ("GANDA", []),
        ("tanpa", ["rias"]),
        ("PADAN", ["rias", "serdang", "lalang"]),  # not offered: no filter
        ("", ["rias", "serdang", "lalang"]),
    ],
)
def test_the_list_is_filtered_by_what_was_found_of_its_people(pak_hasan, matched, asked, where):
    assert filtered(pak_hasan, f"padan={asked}") == {matched[name].pk for name in where}


def test_the_filter_stops_at_the_territory(bu_rina, matched):
    assert filtered(bu_rina, "padan=cocok") == {matched["serdang"].pk}


def test_who_is_no_member_any_more_counts_for_no_filter(bu_rina, matched):
    with everything():
        Anggota.objects.filter(padan_hasil__in=["BEDA_ORANG", ""]).update(
            status="pindah", keluar_tanggal=NOVEMBER
        )
    assert filtered(bu_rina, "padan=cocok") == {matched["rias"].pk, matched["serdang"].pk}
    assert filtered(bu_rina, "padan=perlu") == filtered(bu_rina, "padan=tanpa") == set()


def test_a_keluarga_without_members_does_not_agree(bu_rina, sumber, matched):
    empty = make_keluarga(sumber, RIAS, 40)
    assert empty.pk not in filtered(bu_rina, "padan=cocok")


def test_the_filter_has_words_for_marks_and_exports():
    assert words_of("padan", "cocok", []) == "Semua anggota padan"
    assert words_of("padan", "BEDA_ORANG", []) == "NIK milik orang lain"
    assert words(Filter(padan="tanpa")) == "Belum dicocokkan"


def test_every_result_has_its_words_and_its_mark():
    assert set(WORDS) == set(MARKS) == set(HasilPadan.values)
    assert sentence("PADAN", NOVEMBER) == "NIK cocok dengan data Dukcapil per 1 November 2026"
    assert sentence("", None) == ""
    assert (short("PADAN"), short("BEDA_ORANG"), short("")) == (
        "padan",
        "NIK milik orang lain",
        "belum dicocokkan",
    )


# --- map -----------------------------------------------------------------------------------------


def rows(kode: str, user, tingkat: str = DESA, query: str = "") -> dict:
    with use_territory(user):
        return dict(get_layer(kode).rows(user, tingkat, QueryDict(query)))


def test_share_of_padan_counts_people_of_villages_that_were_matched(pak_hasan, sumber, matched):
    make_keluarga(sumber, "1903012005", 41, "BELUM")
    assert rows("padan", pak_hasan) == {RIAS: (1, 3), SERDANG: (2, 2), LALANG_JAYA: (2, 2)}
    assert rows("padan", pak_hasan, KABUPATEN)[BANGKA_SELATAN] == (3, 5)
    assert rows("tidak_ditemukan", pak_hasan)[RIAS] == (0, 3)


def test_share_of_who_is_not_found(bu_rina, pak_hasan, matched):
    *_, hendra = people(matched["rias"])
    record(pak_hasan, make_run(pak_hasan, {hendra: "TIDAK_DITEMUKAN"}))
    assert rows("tidak_ditemukan", bu_rina) == {RIAS: (1, 3), SERDANG: (0, 2)}
    assert rows("tidak_ditemukan", bu_rina, DESA, "program=PKH") == {RIAS: (1, 3)}
    assert rows("padan", bu_rina, DESA, "program=PKH") == {RIAS: (1, 3)}


def test_family_that_left_the_list_is_in_no_share(bu_rina, matched):
    with everything():
        Keluarga.objects.filter(pk=matched["rias"].pk).update(status="keluar", keluar_tanggal=NOVEMBER)
    assert rows("padan", bu_rina) == {SERDANG: (2, 2)}


def test_before_the_first_match_there_is_no_share(bu_rina, bu_lina, keluarga_rias):
    with everything():
        rewrite_rekap()
    assert rows("padan", bu_rina) == rows("padan", bu_lina) == rows("tidak_ditemukan", bu_lina) == {}


def test_a_share_leads_to_the_families_its_button_names(bu_rina, bu_lina):
    layer = get_layer("padan")
    assert layer.list_url(bu_rina, RIAS, QueryDict("nik=valid")) == (
        f"/keluarga/?nik=valid&padan=perlu&wilayah={RIAS}"
    )
    assert layer.list_url(bu_rina, RIAS, QueryDict("padan=GANDA")) == ""
    assert get_layer("tidak_ditemukan").list_url(bu_rina, RIAS, QueryDict()) == (
        f"/keluarga/?padan=TIDAK_DITEMUKAN&wilayah={RIAS}"
    )
    assert layer.list_url(bu_lina, RIAS, QueryDict()) == ""


def test_pimpinan_reads_shares_that_a_run_has_counted_anew(bu_lina, pak_hasan, sumber):
    keluarga_list = [make_keluarga(sumber, RIAS, n, "A", "B", "C", "D") for n in range(51, 66)]
    some = make_keluarga(sumber, SERDANG, 70, "E", "F")
    found = dict.fromkeys(people(*keluarga_list[:8]), "PADAN")
    found |= dict.fromkeys(people(*keluarga_list[8:12]), "TIDAK_DITEMUKAN")
    found |= dict.fromkeys(people(*keluarga_list[12:]), "GANDA") | dict.fromkeys(people(some), "PADAN")
    record(pak_hasan, make_run(pak_hasan, found))
    assert rows("padan", bu_lina, "provinsi") == {PROVINSI: (34, 62)}
    assert rows("tidak_ditemukan", bu_lina, "provinsi") == {PROVINSI: (16, 62)}
    assert rows("padan", bu_lina)[SERDANG] == (None, None)
    assert Rekap.objects.get(wilayah_id=SERDANG, ukuran="tidak_ditemukan").pembilang is None
