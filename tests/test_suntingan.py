"""Editing by hand: each verb, what it refuses, what it leaves behind. The pages stand in test_suntingan_pages.py."""

from __future__ import annotations

import re
import uuid
from datetime import date, timedelta

import pytest
from django.contrib.gis.geos import Point
from django.core.exceptions import PermissionDenied
from django.db import ProgrammingError, connection, transaction
from django.http import QueryDict
from django.utils import timezone
from pghistory.models import Context

from access.models import Jejak
from access.scope import Territory, set_territory, use_territory
from jobs import staging
from jobs.ekspor import Wish
from kpm import ekspor
from kpm.actions import APPLY_LOCK
from kpm.filters import Filter
from kpm.history import timeline_of
from kpm.isian import Changed, Refused, Why
from kpm.models import (
    Anggota,
    JawabanAnggota,
    JawabanKeluarga,
    Keluarga,
    Kepesertaan,
    Peringkat,
    Sumber,
    Suntingan,
)
from kpm.queries import KeluargaRows, anggota_per_village, buruk_per_village
from kpm.rekap import SQL
from kpm.suntingan import (
    add_anggota,
    add_keluarga,
    bring_back,
    bring_back_anggota,
    change_head,
    correct_anggota,
    correct_keluarga,
    mark_keluar,
    merge_keluarga,
    move_anggota,
    move_keluarga,
    place_keluarga,
    record_death,
    remove_anggota,
    split_kk,
    version_of,
)
from kpm.suntingan_batal import undo_suntingan
from spatial.layers import get_layer
from spatial.models import Batas, VersiBatas
from tests.berkas import HEADERS, csv_bytes, import_bytes
from tests.berkas import person as person_row
from tests.conftest import LALANG_JAYA, RIAS, SERDANG, everything, make_keluarga, make_user

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
PAPER = {"jenis": "desa", "nomor": "470/12/RIAS", "tanggal": date(2026, 11, 2)}
BABY = {
    "nama": "Siti Aminah",
    "nik": "",
    "tanggal_lahir": date(2026, 11, 1),
    "tempat_lahir": "Toboali",
    "jenis_kelamin": "P",
    "hubungan": "anak",
}


def why(alasan: str = "dokumen", **fields) -> Why:
    return Why(alasan, **({"surat": PAPER} | fields))


def person(keluarga: Keluarga, nama: str) -> Anggota:
    with everything():
        return Anggota.objects.get(keluarga=keluarga, nama=nama)


def now(row):
    """The row as it stands."""
    with everything():
        return type(row).objects.get(pk=row.pk)


def refusal(field: str, verb, **arguments) -> str:
    """What a verb says beside `field` when it refuses; nothing may be written then."""
    with everything():
        before = (Suntingan.objects.count(), list(Keluarga.objects.values()), list(Anggota.objects.values()))
    with use_territory(arguments["by"]), pytest.raises(Refused) as caught:
        verb(**arguments)
    with everything():
        after = (Suntingan.objects.count(), list(Keluarga.objects.values()), list(Anggota.objects.values()))
    assert before == after
    assert set(caught.value.errors) == {field}
    return caught.value.errors[field]


def do(verb, **arguments) -> Suntingan:
    with use_territory(arguments["by"]):
        return verb(**arguments)


def test_birth_adds_a_member_with_his_mother_and_names_who_wrote_every_field(bu_rina, keluarga_rias):
    ibu = person(keluarga_rias, "NURHAYATI")
    with everything():
        Anggota.objects.filter(pk=ibu.pk).update(jenis_kelamin="P")
    line = do(add_anggota, by=bu_rina, why=why(), keluarga=keluarga_rias, orang=BABY, ibu=ibu)
    baby = person(keluarga_rias, "SITI AMINAH")
    assert (baby.nama_ibu, baby.hubungan, baby.kepala) == ("NURHAYATI", "anak", False)
    assert (baby.nik, baby.nik_status, baby.nama_normal) == ("", "kosong", "SITI AMINAH")
    assert (baby.wilayah_id, baby.status, baby.sumber_id) == (RIAS, "aktif", keluarga_rias.sumber_id)
    assert baby.asal["tanggal_lahir"] == {
        "oleh": "petugas", "id": bu_rina.pk, "waktu": line.dibuat.isoformat()
    }  # fmt: skip
    assert not baby.asal.keys() & {"nik", "status"}  # a file may still bring the NIK
    assert (line.jenis, line.baru) == ("kelahiran", {"anggota": [baby.pk]})
    assert line.dasar == {"jenis": "desa", "nomor": "470/12/RIAS", "tanggal": "2026-11-02"}


def test_birth_needs_its_date_a_mother_and_a_paper(bu_rina, keluarga_rias):
    base = {"by": bu_rina, "keluarga": keluarga_rias}
    orphan = BABY | {"nama_ibu": "", "tanggal_lahir": None}
    with use_territory(bu_rina), pytest.raises(Refused) as caught:
        add_anggota(**base, why=why(), orang=orphan)
    assert set(caught.value.errors) == {"tanggal_lahir", "nama_ibu"}
    with_mother = BABY | {"nama_ibu": "NURHAYATI"}
    assert "Pilih surat" in refusal("surat", add_anggota, **base, why=Why("warga"), orang=with_mother)
    assert "nomor suratnya" in refusal(
        "nomor", add_anggota, **base, why=why(surat=PAPER | {"nomor": ""}), orang=with_mother
    )
    assert "di antara anggota" in refusal(
        "ibu", add_anggota, **base, why=why(), orang=BABY, ibu=person(keluarga_rias, "ROSIDI")
    )


def test_tomorrow_has_not_happened(bu_rina, keluarga_rias):
    late = BABY | {"nama_ibu": "NURHAYATI", "tanggal_lahir": TODAY + timedelta(days=1)}
    assert "belum terjadi" in refusal(
        "tanggal_lahir", add_anggota, by=bu_rina, why=why(), keluarga=keluarga_rias, orang=late
    )


@pytest.mark.parametrize(
    ("nik", "words"),
    [
        ("123", "16 angka"),
        ("9903010107800099", "kode provinsi"),
        ("1903013502800099", "Tanggal di dalam NIK"),
        ("1903010107800000", "0000"),
        ("1,9030E+15", "rusak karena Excel"),
    ],
)
def test_a_nik_is_judged_as_in_a_file(bu_rina, keluarga_rias, nik, words):
    anggota = person(keluarga_rias, "HENDRA")
    assert words in refusal(
        "nik", correct_anggota, by=bu_rina, why=why(), anggota=anggota, isian={"nik": nik}
    )


def test_a_corrected_nik_gets_its_status_anew_and_needs_a_paper(bu_rina, keluarga_rias):
    anggota = person(keluarga_rias, "HENDRA")
    with everything():
        Anggota.objects.filter(pk=anggota.pk).update(nik="190301", nik_status="panjang")
    isian = {"nik": "1903 0103 0780 0077", "nama": "Hendra, S.Pd."}
    assert "Pilih surat" in refusal(
        "surat", correct_anggota, by=bu_rina, why=Why("warga"), anggota=anggota, isian=isian
    )
    do(correct_anggota, by=bu_rina, why=why(), anggota=anggota, isian=isian)
    row = now(anggota)
    assert (row.nik, row.nik_status) == ("1903010307800077", "valid")
    assert (row.nama, row.nama_normal) == ("HENDRA, S.PD.", "HENDRA")
    assert set(row.asal) == {"nik", "nama"}
    assert row.tanggal_lahir == anggota.tanggal_lahir


def test_a_correction_without_a_number_may_do_without_a_paper(bu_rina, keluarga_rias):
    do(
        correct_keluarga,
        by=bu_rina,
        why=Why("warga"),
        keluarga=keluarga_rias,
        isian={"rt": "7", "dusun": "air"},
    )
    row = now(keluarga_rias)
    assert (row.rt, row.dusun, row.alamat) == ("07", "AIR", "JL. MAWAR 1")
    assert set(row.asal) == {"rt", "dusun"}
    assert "Tidak ada yang berubah" in refusal(
        "", correct_keluarga, by=bu_rina, why=Why("warga"), keluarga=keluarga_rias, isian={"rt": "07"}
    )


def test_a_number_recorded_elsewhere_is_named_in_sight_and_only_told_of_outside(
    bu_rina, keluarga_rias, keluarga_serdang, keluarga_lalang
):
    base = {"by": bu_rina, "why": why(), "keluarga": keluarga_rias}
    near = refusal("no_kk", correct_keluarga, **base, isian={"no_kk": keluarga_serdang.no_kk})
    assert "keluarga Efendi" in near and "Serdang" in near
    far = refusal("no_kk", correct_keluarga, **base, isian={"no_kk": keluarga_lalang.no_kk})
    assert far == "Nomor ini sudah tercatat di luar wilayah Anda. Hubungi Dinsos provinsi."
    nik = person(keluarga_lalang, "SUHARTI SAKTI").nik
    anggota = person(keluarga_rias, "HENDRA")
    told = refusal("nik", correct_anggota, by=bu_rina, why=why(), anggota=anggota, isian={"nik": nik})
    assert told == far and "Suharti" not in told


def test_who_moved_away_alone_is_a_member_elsewhere_with_the_same_nik(
    bu_rina, keluarga_rias, keluarga_serdang
):
    hendra = person(keluarga_rias, "HENDRA")
    do(remove_anggota, by=bu_rina, why=why(), anggota=hendra, status="pindah")
    orang = {"nama": "Hendra", "nik": hendra.nik, "jenis_kelamin": "L", "hubungan": "menantu"}
    arguments = {"by": bu_rina, "why": why(), "keluarga": keluarga_serdang, "kelahiran": False}
    known = refusal("id_dtks", add_anggota, **arguments, orang=orang | {"id_dtks": hendra.id_dtks})
    assert known == (
        "Nomor ini masih tercatat pada Hendra (pindah), dulu anggota keluarga Rosidi, Desa Rias."
    )
    do(add_anggota, **arguments, orang=orang)
    assert person(keluarga_serdang, "HENDRA").nik == hendra.nik
    told = refusal("nik", bring_back_anggota, by=bu_rina, why=Why("keliru"), anggota=hendra)
    assert "keluarga Efendi" in told
    new = person(keluarga_serdang, "HENDRA")
    do(remove_anggota, by=bu_rina, why=Why("keliru"), anggota=new)
    do(bring_back_anggota, by=bu_rina, why=Why("keliru"), anggota=hendra)
    assert now(hendra).status == "aktif"


@pytest.mark.parametrize("name", ["no_kk", "nik", "id_dtks"])
def test_no_number_is_looked_for_without_a_reason_and_a_paper(bu_rina, keluarga_rias, keluarga_lalang, name):
    far = person(keluarga_lalang, "SUHARTI SAKTI")
    number = keluarga_lalang.no_kk if name == "no_kk" else getattr(far, name)
    family = {"no_kk": number} if name == "no_kk" else {}
    head = BABY | ({} if name == "no_kk" else {name: number})
    arguments = {"by": bu_rina, "wilayah_id": RIAS, "keluarga": family, "kepala": head}
    assert "Pilih surat" in refusal("surat", add_keluarga, **arguments, why=Why("dokumen"))
    assert "alasannya" in refusal("alasan", add_keluarga, **arguments, why=why(""))
    assert "di luar wilayah Anda" in refusal(name, add_keluarga, **arguments, why=why())
    hendra = person(keluarga_rias, "HENDRA")
    verb, row = (
        (correct_keluarga, {"keluarga": keluarga_rias}) if family else (correct_anggota, {"anggota": hendra})
    )
    told = refusal("alasan", verb, by=bu_rina, why=why(""), isian={name: number}, **row)
    assert "alasannya" in told


def test_new_keluarga_stands_in_the_list_with_its_head(bu_rina, keluarga_rias):
    line = do(
        add_keluarga,
        by=bu_rina,
        why=why(),
        wilayah_id=SERDANG,
        keluarga={"no_kk": "1903010101209001", "alamat": "Jl. Baru 3", "rt": "1", "rw": ""},
        kepala=BABY | {"nama": "Bahar", "tanggal_lahir": date(1980, 1, 2), "nik": "1903010201809001"},
    )
    with everything():
        row = Keluarga.objects.get(pk=line.keluarga_id)
    assert (row.no_kk, row.alamat, row.rt, row.tanpa_kk) == ("1903010101209001", "JL. BARU 3", "01", False)
    assert row.sumber_id == keluarga_rias.sumber_id
    head = person(row, "BAHAR")
    assert (head.kepala, head.hubungan, head.nik_status) == (True, "kepala keluarga", "valid")
    with use_territory(bu_rina):
        found = [r.kepala.nama for r in KeluargaRows(bu_rina, Filter())[0:15]]
    assert found == ["BAHAR", "ROSIDI"]


def test_new_keluarga_only_in_ones_own_territory(bu_rina):
    arguments = {"keluarga": {"no_kk": ""}, "kepala": BABY}
    assert "di wilayah Anda" in refusal(
        "wilayah", add_keluarga, by=bu_rina, why=why(), wilayah_id=LALANG_JAYA, **arguments
    )


def test_death_of_the_head_asks_for_a_new_one_and_counts_him_nowhere(
    bu_rina, keluarga_rias, keluarga_serdang
):
    rosidi, nurhayati = person(keluarga_rias, "ROSIDI"), person(keluarga_rias, "NURHAYATI")
    base = {"by": bu_rina, "anggota": rosidi, "tanggal": date(2026, 11, 3)}
    assert "kepala keluarga yang baru" in refusal("kepala_baru", record_death, **base, why=why())
    do(record_death, **base, why=why(), kepala_baru=nurhayati)
    dead, head = now(rosidi), now(nurhayati)
    assert (dead.status, dead.keluar_tanggal, dead.kepala) == ("meninggal", date(2026, 11, 3), False)
    assert (head.kepala, head.hubungan) == (True, "kepala keluarga")
    assert now(keluarga_rias).status == "aktif"
    with use_territory(bu_rina):
        assert anggota_per_village(bu_rina) == {RIAS: 2, SERDANG: 2}
        rows = KeluargaRows(bu_rina, Filter(wilayah=(RIAS,)))
        assert rows.count_anggota() == 2
        (row,) = rows[0:15]
        assert (row.kepala.nama, row.anggota) == ("NURHAYATI", 2)
        assert KeluargaRows(bu_rina, Filter(wilayah=(RIAS,)), "-anggota")[0:1][0].anggota == 2


def test_who_is_no_longer_a_member_counts_in_no_rekap_and_in_no_share(bu_rina, sumber):
    keluarga = make_keluarga(sumber, RIAS, 7, *(f"ORANG {n}" for n in range(30)))
    with everything():
        Anggota.objects.filter(keluarga=keluarga, nama__gte="ORANG 7").update(nik_status="panjang")
        bad = Anggota.objects.filter(keluarga=keluarga, nik_status="panjang")
        kept = bad.count()
    do(remove_anggota, by=bu_rina, why=Why("ganda"), anggota=person(keluarga, "ORANG 8"))
    with use_territory(bu_rina):
        assert buruk_per_village(bu_rina) == {RIAS: kept - 1}
    with everything(), connection.cursor() as cursor:
        cursor.execute((SQL / "rekap.sql").read_text())
        counted = {(ukuran, kode): n for ukuran, kode, n in cursor.fetchall()}
    assert (counted["anggota", RIAS], counted["nik_buruk", RIAS]) == (29, kept - 1)


def programmes(user, keluarga: Keluarga) -> dict[str, object]:
    """What each place says of the programmes of a keluarga, the only one of Rias."""
    wish = Wish(ekspor.isi_of(Filter()), (RIAS,))
    with use_territory(user):
        (row,) = KeluargaRows(user, Filter(wilayah=(RIAS,)))[0:15]
        found = {
            "daftar": row.program,
            "saring": KeluargaRows(user, Filter(wilayah=(RIAS,), program="PKH")).keluarga.count(),
            "tanpa": KeluargaRows(user, Filter(wilayah=(RIAS,), program="tanpa")).keluarga.count(),
            "peta": get_layer("program_pkh").rows(user, "desa_kelurahan", QueryDict())[RIAS],
            "rata": get_layer("rata_program").rows(user, "desa_kelurahan", QueryDict())[RIAS],
            "poor": get_layer("tanpa_program").rows(user, "desa_kelurahan", QueryDict())[RIAS],
            "saring peta": get_layer("program_pkh").rows(user, "desa_kelurahan", QueryDict("desil=1-2"))[
                RIAS
            ],
            "ekspor": next(iter(ekspor.batches_keluarga(user, wish))).rows[0][-4],
        }
    with everything(), connection.cursor() as cursor:
        cursor.execute((SQL / "rekap.sql").read_text())
        counted = {(ukuran, kode): n for ukuran, kode, n in cursor.fetchall()}
    rekap = (counted.get(("program_PKH", RIAS), 0), counted["tanpa_program", RIAS])
    return found | {"rekap": rekap}


HAS_PKH = {"daftar": ["PKH"], "saring": 1, "tanpa": 0, "peta": (1, 1), "rata": (1, 1), "poor": (0, 1),
           "saring peta": (1, 1), "ekspor": "PKH", "rekap": (1, 0)}  # fmt: skip
HAS_NONE = {"daftar": [], "saring": 0, "tanpa": 1, "peta": (0, 1), "rata": (0, 1), "poor": (1, 1),
            "saring peta": (0, 1), "ekspor": "", "rekap": (0, 1)}  # fmt: skip


@pytest.mark.parametrize("verb", ["meninggal", "keluar"])
def test_the_programme_of_who_left_counts_nowhere_and_comes_back_with_him(
    client, bu_rina, keluarga_rias, keluarga_serdang, sumber, verb
):
    with everything():
        Peringkat.objects.create(keluarga=keluarga_rias, sumber=sumber, desil=1, wilayah_id=RIAS)
        Kepesertaan.objects.filter(keluarga=keluarga_rias).delete()
        hendra = person(keluarga_rias, "HENDRA")
        Kepesertaan.objects.create(
            program_id="PKH", keluarga=keluarga_rias, anggota=hendra, sumber=sumber, wilayah_id=RIAS
        )
    assert programmes(bu_rina, keluarga_rias) == HAS_PKH
    if verb == "meninggal":
        line = do(record_death, by=bu_rina, why=why(), anggota=hendra, tanggal=date(2026, 11, 3))
    else:
        line = do(remove_anggota, by=bu_rina, why=Why("keliru"), anggota=hendra)
    assert programmes(bu_rina, keluarga_rias) == HAS_NONE
    client.force_login(bu_rina)
    page = client.get(f"/keluarga/{keluarga_rias.pk}/").content.decode()
    assert "penerimanya tidak lagi anggota, tidak dihitung" in page
    do(undo_suntingan, by=bu_rina, why=Why("keliru"), suntingan=line)
    assert programmes(bu_rina, keluarga_rias) == HAS_PKH


def test_the_programme_of_the_family_stays_when_somebody_leaves(client, bu_rina, keluarga_rias, sumber):
    with everything():
        Peringkat.objects.create(keluarga=keluarga_rias, sumber=sumber, desil=1, wilayah_id=RIAS)
        hendra = person(keluarga_rias, "HENDRA")
        taking = Kepesertaan.objects.filter(keluarga=keluarga_rias)
        taking.delete()
        for who in (hendra, None):
            Kepesertaan.objects.create(
                program_id="PKH", keluarga=keluarga_rias, anggota=who, sumber=sumber, wilayah_id=RIAS
            )
    do(record_death, by=bu_rina, why=why(), anggota=hendra, tanggal=date(2026, 11, 3))
    assert programmes(bu_rina, keluarga_rias) == HAS_PKH
    client.force_login(bu_rina)
    page = client.get(f"/keluarga/{keluarga_rias.pk}/").content.decode()
    assert "satu keluarga" in page and "tidak lagi anggota, tidak" not in page


def test_the_last_member_takes_the_keluarga_off_the_list(bu_rina, sumber):
    keluarga = make_keluarga(sumber, RIAS, 8, "SENDIRI")
    do(record_death, by=bu_rina, why=why(), anggota=person(keluarga, "SENDIRI"), tanggal=date(2026, 11, 3))
    row = now(keluarga)
    assert (row.status, row.keluar_alasan, row.keluar_tanggal) == (
        "keluar", "tidak ada anggota lagi", date(2026, 11, 3)
    )  # fmt: skip


def test_nobody_dies_before_his_birth_nor_twice(bu_rina, keluarga_rias):
    hendra = person(keluarga_rias, "HENDRA")
    base = {"by": bu_rina, "anggota": hendra}
    assert "sebelum tanggal lahir" in refusal(
        "tanggal", record_death, **base, why=why(), tanggal=date(1979, 1, 1)
    )
    do(record_death, **base, why=why(), tanggal=date(2026, 11, 3))
    assert "sudah tercatat meninggal" in refusal(
        "", record_death, **base, why=why(), tanggal=date(2026, 11, 3)
    )


def test_who_was_taken_off_comes_back_as_no_second_head(bu_rina, keluarga_rias):
    rosidi = person(keluarga_rias, "ROSIDI")
    hendra = person(keluarga_rias, "HENDRA")
    do(remove_anggota, by=bu_rina, why=Why("ganda"), anggota=rosidi, kepala_baru=hendra)
    assert now(rosidi).keluar_alasan == "tercatat ganda"
    do(bring_back_anggota, by=bu_rina, why=Why("keliru"), anggota=rosidi)
    row = now(rosidi)
    assert (row.status, row.keluar_tanggal, row.keluar_alasan) == ("aktif", None, "")
    assert (row.kepala, row.hubungan, now(hendra).kepala) == (False, "famili lain", True)


def test_keluarga_leaves_the_list_and_comes_back(bu_rina, keluarga_rias):
    base = {"by": bu_rina, "keluarga": keluarga_rias}
    assert "Pilih sebabnya" in refusal(
        "sebab", mark_keluar, **base, why=why(), sebab="bosan", tanggal=date(2026, 11, 1)
    )
    do(mark_keluar, **base, why=why("musdes"), sebab="mampu", tanggal=date(2026, 11, 1))
    assert (now(keluarga_rias).status, now(keluarga_rias).keluar_alasan) == ("keluar", "mampu")
    assert "sudah keluar" in refusal("", add_anggota, **base, why=why(), orang=BABY)
    do(bring_back, **base, why=Why("keliru"))
    assert (now(keluarga_rias).status, now(keluarga_rias).keluar_tanggal) == ("aktif", None)


def test_new_head_and_what_the_old_one_is_to_him(bu_rina, keluarga_rias):
    hendra, rosidi = person(keluarga_rias, "HENDRA"), person(keluarga_rias, "ROSIDI")
    base = {"by": bu_rina, "keluarga": keluarga_rias}
    assert "sudah kepala keluarga" in refusal("kepala", change_head, **base, why=why(), kepala=rosidi)
    do(change_head, **base, why=why(), kepala=hendra, hubungan_lama="orang tua")
    assert (now(hendra).kepala, now(hendra).hubungan) == (True, "kepala keluarga")
    assert (now(rosidi).kepala, now(rosidi).hubungan) == (False, "orang tua")
    assert now(hendra).asal.keys() == {"hubungan"}


def test_move_inside_the_territory_takes_everything_along(bu_rina, keluarga_rias, sumber):
    with everything():
        Peringkat.objects.create(keluarga=keluarga_rias, sumber=sumber, persentil=7, wilayah_id=RIAS)
        answered = {"sumber": sumber, "instrumen": "BDT2015", "wilayah_id": RIAS, "isi": {}}
        JawabanKeluarga.objects.create(keluarga=keluarga_rias, **answered)
        JawabanAnggota.objects.create(anggota=keluarga_rias.anggota_list.first(), **answered)
    do(
        move_keluarga,
        by=bu_rina,
        why=why(),
        keluarga=keluarga_rias,
        wilayah_id=SERDANG,
        alamat={"alamat": "Jl. Pantai 2", "rt": "2"},
    )
    row = now(keluarga_rias)
    assert (row.wilayah_id, row.alamat, row.rt, row.rw) == (SERDANG, "JL. PANTAI 2", "02", "")
    assert row.asal["wilayah"]["id"] == bu_rina.pk
    with everything():
        assert JawabanAnggota.objects.get().wilayah_id == SERDANG
        for model in (Anggota, Kepesertaan, Peringkat, JawabanKeluarga):
            places = set(model.objects.filter(keluarga=keluarga_rias).values_list("wilayah_id", flat=True))
            assert places == {SERDANG}, model


def test_move_out_of_the_territory_leaves_both_sides_a_line_and_the_mover_no_sight(
    bu_rina, mbak_ayu, bu_sri, keluarga_rias
):
    line = do(
        move_keluarga,
        by=bu_rina,
        why=why(),
        keluarga=keluarga_rias,
        wilayah_id=LALANG_JAYA,
        alamat={"alamat": "Jl. Manggar 5"},
    )
    with use_territory(bu_rina):
        assert not Keluarga.objects.filter(pk=keluarga_rias.pk).exists()
        assert not Anggota.objects.filter(keluarga=keluarga_rias).exists()
        assert Suntingan.objects.visible_to(bu_rina).get() == line
    with use_territory(bu_sri):
        assert Suntingan.objects.get().rincian == {"dari": RIAS, "ke": LALANG_JAYA}
    with use_territory(mbak_ayu):
        assert Keluarga.objects.visible_to(mbak_ayu).get(pk=keluarga_rias.pk).wilayah_id == LALANG_JAYA
        assert Anggota.objects.visible_to(mbak_ayu).filter(keluarga=keluarga_rias).count() == 3
        assert Suntingan.objects.visible_to(mbak_ayu).get().jenis == "pindah"
    set_territory(Territory(jejak=True))
    places = Jejak.objects.filter(aksi="sunting").values_list("wilayah_id", flat=True)
    assert sorted(places) == [RIAS, LALANG_JAYA]
    assert Jejak.objects.filter(aksi="sistem", alasan__contains="pindah ke luar wilayah").count() == 1


def test_split_gives_the_chosen_a_card_and_a_head_of_their_own(bu_rina, keluarga_rias):
    rosidi, nur, hendra = (person(keluarga_rias, n) for n in ("ROSIDI", "NURHAYATI", "HENDRA"))
    with everything():
        own = Kepesertaan.objects.get(anggota=rosidi)
    arguments = {
        "by": bu_rina, "keluarga": keluarga_rias, "anggota_list": [rosidi, hendra], "no_kk": "1903010101209002",
        "kepala": rosidi,
    }  # fmt: skip
    assert "kepala keluarga yang baru" in refusal("kepala_baru", split_kk, **arguments, why=why())
    line = do(split_kk, **arguments, why=why(), kepala_lama=nur)
    with everything():
        new = Keluarga.objects.get(no_kk="1903010101209002")
    assert (line.keluarga_lain_id, line.baru) == (new.pk, {"keluarga": [new.pk]})
    assert (now(rosidi).keluarga_id, now(rosidi).kepala) == (new.pk, True)
    assert (now(hendra).keluarga_id, now(hendra).hubungan) == (new.pk, "anak")
    assert (now(nur).keluarga_id, now(nur).kepala) == (keluarga_rias.pk, True)
    assert now(own).keluarga_id == new.pk
    assert (new.alamat, new.wilayah_id) == ("JL. MAWAR 1", RIAS)
    assert now(hendra).asal["keluarga"]["oleh"] == "petugas"


def test_split_leaves_somebody_behind(bu_rina, keluarga_rias):
    with everything():
        people = list(Anggota.objects.filter(keluarga=keluarga_rias))
    said = refusal(
        "anggota", split_kk, by=bu_rina, why=why(), keluarga=keluarga_rias, anggota_list=people,
        no_kk="1903010101209002", kepala=people[0],
    )  # fmt: skip
    assert "Sedikitnya satu orang" in said


def test_merge_brings_people_and_programmes_once(bu_rina, keluarga_rias, keluarga_serdang, sumber):
    with everything():
        for keluarga in (keluarga_rias, keluarga_serdang):
            Kepesertaan.objects.create(
                program_id="SEMBAKO", keluarga=keluarga, sumber=sumber, wilayah_id=keluarga.wilayah_id
            )
        Kepesertaan.objects.create(
            program_id="BLT_DD", keluarga=keluarga_serdang, sumber=sumber, wilayah_id=SERDANG
        )
    do(
        merge_keluarga, by=bu_rina, why=Why("ganda"), keluarga=keluarga_rias, lain=keluarga_serdang,
        hubungan_kepala="menantu",
    )  # fmt: skip
    efendi, marlina = person(keluarga_rias, "EFENDI"), person(keluarga_rias, "MARLINA")
    assert (efendi.kepala, efendi.hubungan, efendi.wilayah_id) == (False, "menantu", RIAS)
    assert marlina.hubungan == "anak"
    other = now(keluarga_serdang)
    assert (other.status, other.keluar_alasan, other.keluar_tanggal) == (
        "keluar", "bergabung dengan keluarga lain", TODAY
    )  # fmt: skip
    with everything():
        taking = Kepesertaan.objects.filter(keluarga=keluarga_rias).order_by("program_id")
        assert [t.program_id for t in taking] == ["BLT_DD", "PKH", "SEMBAKO"]
        assert not Kepesertaan.objects.filter(keluarga=keluarga_serdang).exists()


# --- one member into another KK ------------------------------------------------------------------------


def test_a_member_moves_into_another_kk_with_what_is_his_own(
    bu_rina, keluarga_rias, keluarga_serdang, sumber
):
    rosidi, nur = person(keluarga_rias, "ROSIDI"), person(keluarga_rias, "NURHAYATI")
    with everything():
        own = Kepesertaan.objects.get(anggota=rosidi)
        whole = Kepesertaan.objects.create(
            program_id="SEMBAKO", keluarga=keluarga_rias, sumber=sumber, wilayah_id=RIAS
        )
        answer = JawabanAnggota.objects.create(
            anggota=rosidi, sumber=sumber, instrumen="BDT2015", isi={}, wilayah_id=RIAS
        )
    arguments = {"by": bu_rina, "anggota": rosidi, "no_kk": keluarga_serdang.no_kk, "hubungan": "menantu"}
    assert "kepala keluarga yang baru" in refusal("kepala_baru", move_anggota, **arguments, why=why())
    assert "surat" in refusal("surat", move_anggota, **arguments, why=Why("warga"), kepala_baru=nur)
    assert now(rosidi).keluarga_id == keluarga_rias.pk
    line = do(move_anggota, **arguments, why=why(), kepala_baru=nur)
    row = now(rosidi)
    assert (row.keluarga_id, row.wilayah_id, row.kepala, row.hubungan, row.status) == (
        keluarga_serdang.pk, SERDANG, False, "menantu", "aktif"
    )  # fmt: skip
    assert {row.asal[name]["oleh"] for name in ("keluarga", "wilayah", "hubungan")} == {"petugas"}
    assert (now(nur).keluarga_id, now(nur).kepala, now(nur).hubungan) == (
        keluarga_rias.pk, True, "kepala keluarga"
    )  # fmt: skip
    assert (now(own).keluarga_id, now(own).wilayah_id) == (keluarga_serdang.pk, SERDANG)
    assert (now(whole).keluarga_id, now(answer).wilayah_id) == (keluarga_rias.pk, SERDANG)
    assert person(keluarga_serdang, "EFENDI").kepala
    assert (now(keluarga_rias).status, now(keluarga_serdang).status) == ("aktif", "aktif")
    assert (line.jenis, line.keluarga_id, line.keluarga_lain_id) == (
        "pindah_kk", keluarga_rias.pk, keluarga_serdang.pk
    )  # fmt: skip
    with everything():
        there = Suntingan.objects.get(pasangan=line)
    assert (there.wilayah_id, there.keluarga_id) == (SERDANG, keluarga_serdang.pk)
    set_territory(Territory(jejak=True))
    trail = Jejak.objects.filter(aksi="sunting")
    assert {(one.wilayah_id, one.rincian["jenis"]) for one in trail} == {
        (RIAS, "pindah_kk"),
        (SERDANG, "pindah_kk"),
    }


def test_which_kk_and_as_what_is_asked_for(bu_rina, keluarga_rias, keluarga_serdang, keluarga_lalang):
    hendra = person(keluarga_rias, "HENDRA")
    arguments = {"by": bu_rina, "why": why(), "anggota": hendra}

    def said(field, no_kk, hubungan="menantu"):
        return refusal(field, move_anggota, **arguments, no_kk=no_kk, hubungan=hubungan)

    there = keluarga_serdang.no_kk
    assert "Isi No. KK" in said("no_kk", "")
    assert "16 angka" in said("no_kk", there[:15])
    nowhere = "1903010101209999"
    assert said("no_kk", keluarga_lalang.no_kk) == said(
        "no_kk", nowhere
    )  # outside it is as if it were not there
    assert "di wilayah Anda" in said("no_kk", nowhere)
    assert "sudah tercatat di KK ini" in said("no_kk", keluarga_rias.no_kk)
    assert "Pilih hubungannya" in said("hubungan", there, "")
    assert "Ganti kepala keluarga" in said("hubungan", there, "kepala keluarga")
    do(mark_keluar, by=bu_rina, why=why(), keluarga=keluarga_serdang, sebab="mampu", tanggal=TODAY)
    assert "sudah keluar dari daftar" in said("no_kk", there)
    do(bring_back, by=bu_rina, why=why(), keluarga=keluarga_serdang)
    do(record_death, by=bu_rina, why=why(), anggota=hendra, tanggal=TODAY)
    assert "sudah tercatat meninggal" in said("", there)
    assert now(hendra).keluarga_id == keluarga_rias.pk


def test_the_last_member_takes_the_programmes_of_the_family_along(bu_rina, keluarga_serdang, sumber):
    alone = make_keluarga(sumber, RIAS, 8, "BAHAR")
    with everything():
        for keluarga, program in ((alone, "SEMBAKO"), (alone, "BLT_DD"), (keluarga_serdang, "BLT_DD")):
            Kepesertaan.objects.create(
                program_id=program, keluarga=keluarga, sumber=sumber, wilayah_id=keluarga.wilayah_id
            )
    spaced = " ".join([keluarga_serdang.no_kk[:8], keluarga_serdang.no_kk[8:]])
    do(
        move_anggota, by=bu_rina, why=why(), anggota=person(alone, "BAHAR"), no_kk=spaced, hubungan="orang tua"
    )  # fmt: skip
    left = now(alone)
    assert (left.status, left.keluar_alasan) == ("keluar", "bergabung dengan keluarga lain")
    with everything():
        taking = Kepesertaan.objects.filter(keluarga=keluarga_serdang).order_by("program_id")
        assert [one.program_id for one in taking] == ["BLT_DD", "SEMBAKO"]
        assert {one.wilayah_id for one in taking} == {SERDANG}
    assert person(keluarga_serdang, "BAHAR").hubungan == "orang tua"


def test_who_comes_into_an_empty_kk_is_its_head(bu_rina, keluarga_rias, sumber):
    empty = make_keluarga(sumber, SERDANG, 9, "BAHAR")
    with everything():
        Anggota.objects.filter(keluarga=empty).update(status="pindah", keluar_tanggal=TODAY, kepala=False)
    hendra = person(keluarga_rias, "HENDRA")
    do(move_anggota, by=bu_rina, why=why(), anggota=hendra, no_kk=empty.no_kk, hubungan="anak")
    assert (now(hendra).keluarga_id, now(hendra).kepala, now(hendra).hubungan) == (
        empty.pk, True, "kepala keluarga"
    )  # fmt: skip


def test_a_foreign_member_is_moved_by_nobody(mbak_ayu, keluarga_rias, keluarga_lalang):
    hendra = person(keluarga_rias, "HENDRA")
    with use_territory(mbak_ayu), pytest.raises(Anggota.DoesNotExist):
        move_anggota(by=mbak_ayu, why=why(), anggota=hendra, no_kk=keluarga_lalang.no_kk, hubungan="menantu")
    assert now(hendra).keluarga_id == keluarga_rias.pk


# --- who, twice, meanwhile, and what is left behind ---------------------------------------------------


@pytest.mark.parametrize("who", ["bu_sri", "pak_budi", "pak_tono", "pak_yusuf", "bu_lina", "bu_wati"])
def test_only_the_offices_edit(request, who, keluarga_rias):
    user = request.getfixturevalue(who)
    with use_territory(user), pytest.raises(PermissionDenied, match="Dinsos"):
        correct_keluarga(by=user, why=Why("warga"), keluarga=keluarga_rias, isian={"rt": "09"})
    assert now(keluarga_rias).rt == "03"


def test_a_foreign_keluarga_is_as_if_it_were_not_there(mbak_ayu, keluarga_rias):
    with use_territory(mbak_ayu), pytest.raises(Keluarga.DoesNotExist):
        correct_keluarga(by=mbak_ayu, why=Why("warga"), keluarga=keluarga_rias, isian={"rt": "09"})
    with use_territory(mbak_ayu), pytest.raises(Anggota.DoesNotExist):
        correct_anggota(
            by=mbak_ayu, why=Why("warga"), anggota=person(keluarga_rias, "HENDRA"), isian={"nama": "X"}
        )


def test_the_same_form_twice_is_one_change(bu_rina, keluarga_rias):
    form = why(sekali=uuid.uuid4())
    orang = BABY | {"nama_ibu": "NURHAYATI"}
    first = do(add_anggota, by=bu_rina, why=form, keluarga=keluarga_rias, orang=orang)
    second = do(add_anggota, by=bu_rina, why=form, keluarga=keluarga_rias, orang=orang)
    assert first == second
    with everything():
        assert Anggota.objects.filter(nama="SITI AMINAH").count() == 1


def test_the_same_move_twice_is_one_move_although_it_is_out_of_sight(bu_rina, keluarga_rias):
    arguments = {
        "by": bu_rina,
        "why": why(),
        "keluarga": keluarga_rias,
        "wilayah_id": LALANG_JAYA,
        "alamat": {},
    }
    assert do(move_keluarga, **arguments) == do(move_keluarga, **arguments)
    with everything():
        assert Suntingan.objects.count() == 2


def test_what_somebody_changed_meanwhile_is_told_and_not_overwritten(bu_rina, pak_hasan, keluarga_rias):
    with use_territory(bu_rina):
        seen = version_of(bu_rina, now(keluarga_rias))
    do(
        correct_keluarga,
        by=pak_hasan,
        why=Why("warga"),
        keluarga=keluarga_rias,
        isian={"alamat": "Jl. Melati"},
    )
    with use_territory(bu_rina), pytest.raises(Changed) as caught:
        correct_keluarga(
            by=bu_rina,
            why=Why("warga", dilihat=seen),
            keluarga=keluarga_rias,
            isian={"alamat": "Jl. Kenanga"},
        )
    assert caught.value.siapa == "Yusuf Hasan"
    assert now(keluarga_rias).alamat == "JL. MELATI"
    with use_territory(bu_rina):
        again = Why("warga", dilihat=version_of(bu_rina, now(keluarga_rias)))
        correct_keluarga(by=bu_rina, why=again, keluarga=keluarga_rias, isian={"alamat": "Jl. Kenanga"})
    assert now(keluarga_rias).alamat == "JL. KENANGA"


def test_a_change_of_a_member_counts_as_meanwhile_too(bu_rina, pak_hasan, keluarga_rias):
    with use_territory(bu_rina):
        seen = version_of(bu_rina, now(keluarga_rias))
    hendra = person(keluarga_rias, "HENDRA")
    do(correct_anggota, by=pak_hasan, why=Why("warga"), anggota=hendra, isian={"pekerjaan": "nelayan"})
    with use_territory(bu_rina), pytest.raises(Changed):
        record_death(by=bu_rina, why=why(dilihat=seen), anggota=hendra, tanggal=date(2026, 11, 3))


def test_every_change_has_a_context_of_its_own_and_a_line_in_the_trail(bu_rina, keluarga_rias):
    hendra = person(keluarga_rias, "HENDRA")
    one = do(correct_anggota, by=bu_rina, why=Why("warga"), anggota=hendra, isian={"pekerjaan": "nelayan"})
    two = do(correct_anggota, by=bu_rina, why=Why("warga"), anggota=hendra, isian={"pekerjaan": "petani"})
    with everything():
        events = Anggota.pgh_event_model.objects.filter(pgh_obj_id=hendra.pk).order_by("pgh_id")
        said = [Context.objects.get(pk=event.pgh_context_id).metadata for event in events]
    assert [(m["suntingan"], m["user"]) for m in said] == [(one.pk, bu_rina.pk), (two.pk, bu_rina.pk)]
    set_territory(Territory(jejak=True))
    line = Jejak.objects.filter(aksi="sunting").order_by("waktu").first()
    assert (line.objek_id, line.wilayah_id, line.alasan) == (str(keluarga_rias.pk), RIAS, "Laporan warga")
    assert line.rincian == {"suntingan": one.pk, "jenis": "anggota"}


def test_reasons_hold_no_numbers_and_other_reasons_are_written_out(bu_rina, keluarga_rias):
    base = {"by": bu_rina, "keluarga": keluarga_rias, "isian": {"rt": "09"}}
    assert "NIK atau No. KK" in refusal(
        "keterangan", correct_keluarga, **base, why=Why("warga", "milik 1903010107800001")
    )
    assert "sedikitnya 10" in refusal("keterangan", correct_keluarga, **base, why=Why("lainnya", "salah"))
    assert "NIK atau No. KK" in refusal(
        "nomor", correct_keluarga, **base, why=why(surat=PAPER | {"nomor": "1903010107800001"})
    )


def test_lines_are_added_to_and_never_changed(bu_rina, keluarga_rias):
    do(correct_keluarga, by=bu_rina, why=Why("warga"), keluarga=keluarga_rias, isian={"rt": "09"})
    for sentence in ("UPDATE kpm_suntingan SET keterangan = 'X'", "DELETE FROM kpm_suntingan"):
        with everything(), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(sentence)


# --- undo -----------------------------------------------------------------------------------------------


def registers() -> dict[str, list]:
    """Every row of the registers, as it stands."""
    with everything():
        models = (Keluarga, Anggota, Kepesertaan, Peringkat, JawabanKeluarga, JawabanAnggota)
        return {
            model.__name__: sorted(model.objects.values_list(), key=lambda row: row[0]) for model in models
        }


def birth(by, keluarga, hendra, lain):
    return add_anggota(by=by, why=why(), keluarga=keluarga, orang=BABY | {"nama_ibu": "NURHAYATI"})


def family(by, keluarga, hendra, lain):
    return add_keluarga(
        by=by, why=why(), wilayah_id=SERDANG, keluarga={"no_kk": ""}, kepala=BABY | {"nama": "Bahar"}
    )


def death(by, keluarga, hendra, lain):
    return record_death(by=by, why=why(), anggota=hendra, tanggal=date(2026, 11, 3))


def move(by, keluarga, hendra, lain):
    return move_keluarga(
        by=by, why=why(), keluarga=keluarga, wilayah_id=SERDANG, alamat={"alamat": "Jl. Pantai"}
    )


def split(by, keluarga, hendra, lain):
    return split_kk(
        by=by, why=why(), keluarga=keluarga, anggota_list=[hendra], no_kk="1903010101209002", kepala=hendra
    )


def joining(by, keluarga, hendra, lain):
    return move_anggota(by=by, why=why(), anggota=hendra, no_kk=lain.no_kk, hubungan="menantu")


def joining_as_head(by, keluarga, hendra, lain):
    head = Anggota.objects.get(keluarga=keluarga, kepala=True)
    return move_anggota(
        by=by, why=why(), anggota=head, no_kk=lain.no_kk, hubungan="orang tua", kepala_baru=hendra
    )


def merge(by, keluarga, hendra, lain):
    return merge_keluarga(by=by, why=why(), keluarga=keluarga, lain=lain)


def head(by, keluarga, hendra, lain):
    return change_head(by=by, why=why(), keluarga=keluarga, kepala=hendra)


def number(by, keluarga, hendra, lain):
    return correct_anggota(by=by, why=why(), anggota=hendra, isian={"nik": "1903010307800077"})


def leaving(by, keluarga, hendra, lain):
    return mark_keluar(by=by, why=why(), keluarga=keluarga, sebab="mampu", tanggal=date(2026, 11, 1))


def house(by, keluarga, hendra, lain):
    return place_keluarga(by=by, why=why(), keluarga=keluarga, isian=house_in(RIAS))


def of_april(number: int, *names: str) -> Keluarga:
    """A keluarga of Rias that only the list of April names."""
    with everything():
        april, _ = Sumber.objects.get_or_create(jenis="DTKS", periode="2026-04")
        return make_keluarga(april, RIAS, number, *names)


# --- where a house stands -------------------------------------------------------------------------------


def house_in(kode: str, akurasi: str = "15", east: float = 0.0) -> dict[str, str]:
    """A point inside a village, as somebody types it; east: so many degrees from its easternmost corner."""
    geom = Batas.objects.get(versi__aktif=True, wilayah_id=kode).geom
    inside = geom.point_on_surface
    lng, lat = (
        max(corner for polygon in geom.coords for corner in polygon[0]) if east else (inside.x, inside.y)
    )
    return {"lintang": f"{lat:.6f}", "bujur": f"{lng + east:.6f}".replace(".", ","), "akurasi": akurasi}


def test_a_point_is_written_with_its_accuracy_and_who_wrote_it(bu_rina, keluarga_rias, keluarga_serdang):
    typed = house_in(RIAS)
    line = do(place_keluarga, by=bu_rina, why=Why("kunjungan"), keluarga=keluarga_rias, isian=typed)
    row = now(keluarga_rias)
    assert f"{row.titik.y:.6f}" == typed["lintang"] and f"{row.titik.x:.6f}" == typed["bujur"].replace(
        ",", "."
    )
    assert (row.titik.srid, row.titik_akurasi_m, row.titik_asal) == (4326, 15, "petugas")
    assert row.asal["titik"]["id"] == bu_rina.pk
    assert (line.jenis, line.dasar, line.anggota_ids) == ("titik", {}, [])
    assert now(keluarga_serdang).titik is None
    with use_territory(bu_rina):
        (said,) = [e for e in timeline_of(row, [], bu_rina) if "Letak rumah" in str(e)][:1]
    assert "15 m" in str(said)


def test_the_same_point_again_is_no_change_and_a_new_accuracy_keeps_the_measured_point(
    bu_rina, keluarga_rias
):
    typed = house_in(RIAS)
    measured = Point(float(typed["bujur"].replace(",", ".")) + 1e-8, float(typed["lintang"]), srid=4326)
    with everything():
        Keluarga.objects.filter(pk=keluarga_rias.pk).update(
            titik=measured, titik_akurasi_m=15, titik_asal="DTSEN November 2026"
        )
    said = refusal("", place_keluarga, by=bu_rina, why=why(), keluarga=keluarga_rias, isian=typed)
    assert "Tidak ada yang berubah" in said
    do(place_keluarga, by=bu_rina, why=why(), keluarga=keluarga_rias, isian=typed | {"akurasi": "4"})
    row = now(keluarga_rias)
    assert (row.titik.x, row.titik_akurasi_m, row.titik_asal) == (measured.x, 4, "petugas")


def test_a_point_that_is_wrong_is_taken_away(bu_rina, keluarga_rias):
    do(place_keluarga, by=bu_rina, why=why(), keluarga=keluarga_rias, isian=house_in(RIAS))
    do(place_keluarga, by=bu_rina, why=Why("keliru"), keluarga=keluarga_rias, isian=None)
    row = now(keluarga_rias)
    assert (row.titik, row.titik_akurasi_m, row.titik_asal) == (None, None, "")
    assert row.asal["titik"]["id"] == bu_rina.pk


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"lintang": "", "bujur": "106.45"}, "lintang", "Isi lintangnya."),
        ({"lintang": "-2.94", "bujur": ""}, "bujur", "Isi bujurnya."),
        ({"lintang": "2°56'", "bujur": "106.45"}, "lintang", "derajat"),
        ({"lintang": "-2.94", "bujur": "nan"}, "bujur", "derajat"),
        ({"lintang": "-2.94", "bujur": "106.45", "akurasi": "0"}, "akurasi", "1 sampai 5.000"),
        ({"lintang": "-2.94", "bujur": "106.45", "akurasi": "lima"}, "akurasi", "1 sampai 5.000"),
        ({"lintang": "-6.2", "bujur": "106.8"}, "lintang", "di luar provinsi"),
        ({"lintang": "-2.94", "bujur": "-106.45"}, "lintang", "di luar provinsi"),
        ({"lintang": "106.45", "bujur": "-2.94"}, "lintang", "tertukar"),
    ],
)
def test_what_is_no_point_of_the_province_is_refused(bu_rina, keluarga_rias, typed, field, words):
    assert words in refusal(field, place_keluarga, by=bu_rina, why=why(), keluarga=keluarga_rias, isian=typed)
    assert now(keluarga_rias).titik is None


@pytest.mark.parametrize("between", [", ", ",", " "])
def test_two_numbers_copied_from_a_map_are_read_at_once(bu_rina, keluarga_rias, between):
    typed = house_in(RIAS)
    copied = f"{typed['lintang']}{between}{typed['bujur'].replace(',', '.')}"
    do(place_keluarga, by=bu_rina, why=why(), keluarga=keluarga_rias, isian={"lintang": copied, "bujur": ""})
    assert f"{now(keluarga_rias).titik.y:.6f}" == typed["lintang"]


@pytest.mark.parametrize(("indicative", "near", "far"), [(True, 0.03, 0.09), (False, 0.004, 0.03)])
def test_a_point_far_outside_the_village_is_refused_with_how_far(
    bu_rina, keluarga_rias, indicative, near, far
):
    VersiBatas.objects.filter(aktif=True).update(indikatif=indicative)
    said = refusal(
        "lintang",
        place_keluarga,
        by=bu_rina,
        why=why(),
        keluarga=keluarga_rias,
        isian=house_in(RIAS, east=far),
    )
    (km,) = re.findall(r"Titik ini (\d+,\d) km di luar Desa Rias", said)
    assert float(km.replace(",", ".")) == pytest.approx(far * 111.2, abs=0.1)
    do(place_keluarga, by=bu_rina, why=why(), keluarga=keluarga_rias, isian=house_in(RIAS, east=near))
    assert now(keluarga_rias).titik is not None


@pytest.mark.parametrize("newer_first", [False, True])
def test_programmes_still_count_after_a_merge_of_two_lists(bu_rina, keluarga_rias, sumber, newer_first):
    old = of_april(8, "LAMA", "LAMA DUA")
    with everything():
        Kepesertaan.objects.filter(keluarga=old).delete()
        for keluarga, program in ((old, "SEMBAKO"), (keluarga_rias, "BLT_DD")):
            Kepesertaan.objects.create(
                program_id=program, keluarga=keluarga, sumber_id=keluarga.sumber_id, wilayah_id=RIAS
            )
        past = Kepesertaan.objects.create(
            program_id="PBI_JK", keluarga=keluarga_rias, sumber_id=old.sumber_id, wilayah_id=RIAS
        )
    before = registers()
    pair = (
        {"keluarga": keluarga_rias, "lain": old} if newer_first else {"keluarga": old, "lain": keluarga_rias}
    )
    line = do(merge_keluarga, by=bu_rina, why=why(), **pair)
    target = now(pair["keluarga"])
    with everything():
        assert target.sumber_id == sumber.pk
        current = Kepesertaan.objects.filter(keluarga=target, sumber=target.sumber_id)
        assert sorted(current.values_list("program_id", flat=True)) == ["BLT_DD", "PKH", "SEMBAKO"]
    assert now(past).sumber_id == old.sumber_id
    with use_territory(bu_rina):
        assert KeluargaRows(bu_rina, Filter(program="PKH")).count() == 1
        assert KeluargaRows(bu_rina, Filter(program="tanpa")).count() == 0
    do(undo_suntingan, by=bu_rina, why=Why("keliru"), suntingan=line)
    assert registers() == before


def test_a_merge_over_two_villages_is_told_in_both(bu_rina, bu_sri, keluarga_rias, keluarga_serdang):
    line = do(merge_keluarga, by=bu_rina, why=why(), keluarga=keluarga_rias, lain=keluarga_serdang)
    with everything():
        there = Suntingan.objects.get(pasangan=line)
    assert (there.jenis, there.wilayah_id, there.keluarga_id) == ("gabung", SERDANG, keluarga_serdang.pk)
    assert (there.keluarga_lain_id, there.anggota_ids) == (keluarga_rias.pk, line.anggota_ids)
    assert (there.alasan, there.dasar) == (line.alasan, line.dasar)
    assert there.rincian == line.rincian == {"desa": [RIAS, SERDANG]}
    serdang = make_user("pardi", "Pardi", ("psm", SERDANG))
    with use_territory(serdang):
        assert Suntingan.objects.get() == there
        (entry,) = [e for e in timeline_of(now(keluarga_serdang), [], serdang) if e.apa == "Gabung KK"]
    assert "Status" in {change["label"] for change in entry.ubah_list}
    with use_territory(bu_rina):
        for keluarga in (keluarga_rias, keluarga_serdang):
            told = timeline_of(now(keluarga), [], bu_rina)
            assert [e.apa for e in told].count("Gabung KK") == 1
    set_territory(Territory(jejak=True))
    places = Jejak.objects.filter(aksi="sunting").values_list("wilayah_id", flat=True)
    assert set(places) == {RIAS, SERDANG}
    do(undo_suntingan, by=bu_rina, why=Why("keliru"), suntingan=there)
    with everything():
        undone = Suntingan.objects.filter(jenis="batal").order_by("pk")
        assert [(one.wilayah_id, one.keluarga_id) for one in undone] == [
            (RIAS, keluarga_rias.pk), (SERDANG, keluarga_serdang.pk)
        ]  # fmt: skip


def test_a_merge_over_the_border_is_undone_by_the_province_alone(
    bu_rina, pak_hasan, mbak_ayu, keluarga_rias, keluarga_lalang
):
    before = registers()
    line = do(merge_keluarga, by=pak_hasan, why=why(), keluarga=keluarga_rias, lain=keluarga_lalang)
    with everything():
        there = Suntingan.objects.get(pasangan=line)
    for user, seen in ((bu_rina, line), (mbak_ayu, there)):
        said = refusal("", undo_suntingan, by=user, why=Why("keliru"), suntingan=seen)
        assert said == (
            "Salah satu keluarganya tercatat di luar wilayah Anda. Perubahan ini dibatalkan Dinsos provinsi."
        )
    undone = do(undo_suntingan, by=pak_hasan, why=Why("keliru"), suntingan=line)
    assert registers() == before
    do(undo_suntingan, by=pak_hasan, why=Why("keliru"), suntingan=undone)
    assert now(keluarga_lalang).status == "keluar"


def test_a_merge_counts_against_what_was_seen_of_both(bu_rina, pak_hasan, keluarga_rias, keluarga_serdang):
    with use_territory(bu_rina):
        seen = "+".join(version_of(bu_rina, one) for one in (keluarga_rias, keluarga_serdang))
    pair = {"by": bu_rina, "keluarga": keluarga_rias, "lain": keluarga_serdang}
    marlina = person(keluarga_serdang, "MARLINA")
    edit = do(correct_anggota, by=pak_hasan, why=why(), anggota=marlina, isian={"pekerjaan": "GURU"})
    with use_territory(bu_rina), pytest.raises(Changed) as caught:
        merge_keluarga(**pair, why=why(dilihat=seen))
    assert (caught.value.siapa, caught.value.kapan) == ("Yusuf Hasan", edit.dibuat)
    with use_territory(bu_rina):
        seen = "+".join(version_of(bu_rina, now(one)) for one in (keluarga_rias, keluarga_serdang))
    assert do(merge_keluarga, **pair, why=why(dilihat=seen)).jenis == "gabung"


@pytest.mark.parametrize(
    "verb", [birth, family, death, move, split, joining, joining_as_head, merge, head, number, leaving, house]
)
def test_every_change_can_be_undone_and_that_again(bu_rina, keluarga_rias, keluarga_serdang, sumber, verb):
    with everything():
        for keluarga in (keluarga_rias, keluarga_serdang):
            Kepesertaan.objects.create(
                program_id="SEMBAKO", keluarga=keluarga, sumber=sumber, wilayah_id=keluarga.wilayah_id
            )
    before = registers()
    hendra = person(keluarga_rias, "HENDRA")
    with use_territory(bu_rina):
        line = verb(bu_rina, keluarga_rias, hendra, keluarga_serdang)
        after = registers()
        assert after != before
        undone = undo_suntingan(by=bu_rina, why=Why("keliru"), suntingan=line)
        assert registers() == before
        redone = undo_suntingan(by=bu_rina, why=Why("keliru"), suntingan=undone)
        assert registers() == after
        undo_suntingan(by=bu_rina, why=Why("keliru"), suntingan=redone)
        assert registers() == before
    assert (undone.jenis, undone.batal_dari_id) == ("batal", line.pk)


def test_what_was_changed_since_is_not_undone_and_says_by_whom(bu_rina, pak_hasan, keluarga_rias):
    line = do(birth, by=bu_rina, keluarga=keluarga_rias, hendra=None, lain=None)
    baby = person(keluarga_rias, "SITI AMINAH")
    later = do(correct_anggota, by=pak_hasan, why=why(), anggota=baby, isian={"tempat_lahir": "Koba"})
    said = refusal("", undo_suntingan, by=bu_rina, why=Why("keliru"), suntingan=line)
    assert "diubah Yusuf Hasan" in said
    do(undo_suntingan, by=bu_rina, why=Why("keliru"), suntingan=later)
    do(undo_suntingan, by=bu_rina, why=Why("keliru"), suntingan=line)
    with everything():
        assert not Anggota.objects.filter(pk=baby.pk).exists()


def test_a_family_with_a_later_birth_stays(bu_rina, keluarga_rias):
    line = do(family, by=bu_rina, keluarga=None, hendra=None, lain=None)
    with everything():
        new = Keluarga.objects.get(pk=line.keluarga_id)
    do(birth, by=bu_rina, keluarga=new, hendra=None, lain=None)
    assert "lebih baru" in refusal("", undo_suntingan, by=bu_rina, why=Why("keliru"), suntingan=line)


def test_a_member_whom_a_later_file_names_stays(bu_rina, keluarga_rias, sumber):
    line = do(birth, by=bu_rina, keluarga=keluarga_rias, hendra=None, lain=None)
    rows = [
        person_row(1, ID_DTKS="", NOKK=keluarga_rias.no_kk, NIK="", NAMA="SITI AMINAH", TANGGAL_LAHIR="01-11-2026",
                   HUB_KELUARGA="ANAK", JENIS_KELAMIN="P")
    ]  # fmt: skip
    import_bytes(csv_bytes(rows), bu_rina, periode="2026-11")
    said = refusal("", undo_suntingan, by=bu_rina, why=Why("keliru"), suntingan=line)
    assert "dimuat impor DTKS November 2026" in said


def test_an_edit_is_undone_once(bu_rina, keluarga_rias):
    line = do(correct_keluarga, by=bu_rina, why=Why("warga"), keluarga=keluarga_rias, isian={"rt": "9"})
    form = Why("keliru")
    first = do(undo_suntingan, by=bu_rina, why=form, suntingan=line)
    assert do(undo_suntingan, by=bu_rina, why=form, suntingan=line) == first
    said = refusal("", undo_suntingan, by=bu_rina, why=Why("keliru"), suntingan=line)
    assert "sudah dibatalkan Rina Marlina" in said


def test_a_move_across_the_border_is_undone_by_who_sees_both_sides(
    bu_rina, mbak_ayu, pak_hasan, keluarga_rias
):
    before = registers()
    line = do(
        move_keluarga, by=bu_rina, why=why(), keluarga=keluarga_rias, wilayah_id=LALANG_JAYA, alamat={}
    )  # fmt: skip
    assert "Dinsos provinsi" in refusal("", undo_suntingan, by=bu_rina, why=Why("keliru"), suntingan=line)
    with everything():
        there = Suntingan.objects.get(jenis="pindah")
    assert "Dinsos provinsi" in refusal("", undo_suntingan, by=mbak_ayu, why=Why("keliru"), suntingan=there)
    do(undo_suntingan, by=pak_hasan, why=Why("keliru"), suntingan=line)
    assert registers() == before
    with use_territory(mbak_ayu):
        jenis = Suntingan.objects.visible_to(mbak_ayu).order_by("pk").values_list("jenis", flat=True)
        assert list(jenis) == ["pindah", "pindah_keluar"]


# --- what a file may do afterwards ------------------------------------------------------------------------


def test_a_file_brings_nobody_back_and_says_so(bu_rina, keluarga_rias):
    hendra = person(keluarga_rias, "HENDRA")
    do(record_death, by=bu_rina, why=why(), anggota=hendra, tanggal=date(2026, 11, 3))
    row = person_row(1, ID_DTKS=hendra.id_dtks, NOKK=keluarga_rias.no_kk, NIK=hendra.nik, NAMA="HENDRA",
                     TANGGAL_LAHIR="03-07-1980", HUB_KELUARGA="ANAK", PEKERJAAN="NELAYAN")  # fmt: skip
    laporan = import_bytes(csv_bytes([row]), bu_rina, periode="2026-11").job.laporan
    assert [line["kode"] for line in laporan["vonis_catatan"]].count("ANGGOTA_TIDAK_AKTIF") == 1
    assert (now(hendra).status, now(hendra).pekerjaan) == ("meninggal", "NELAYAN")


def test_who_was_recorded_twice_and_taken_off_makes_no_row_ambiguous(bu_rina, keluarga_rias, sumber):
    hendra = person(keluarga_rias, "HENDRA")
    with everything():
        twin = Anggota.objects.get(pk=hendra.pk)
        twin.pk, twin.id_dtks = None, None
        twin.save()
    do(remove_anggota, by=bu_rina, why=Why("ganda"), anggota=twin)
    row = person_row(1, ID_DTKS="", NOKK=keluarga_rias.no_kk, NIK=hendra.nik, NAMA="HENDRA",
                     TANGGAL_LAHIR="03-07-1980", HUB_KELUARGA="ANAK", PEKERJAAN="NELAYAN")  # fmt: skip
    laporan = import_bytes(csv_bytes([row]), bu_rina, periode="2026-11").job.laporan
    assert laporan["ditolak"] == 0
    assert (now(hendra).pekerjaan, now(twin).pekerjaan) == ("NELAYAN", "")


def test_fields_written_by_hand_outlive_a_file(bu_rina, keluarga_rias):
    hendra = person(keluarga_rias, "HENDRA")
    do(correct_anggota, by=bu_rina, why=why(), anggota=hendra, isian={"pekerjaan": "guru", "nama": "Hendri"})
    do(correct_keluarga, by=bu_rina, why=Why("warga"), keluarga=keluarga_rias, isian={"alamat": "Jl. Baru"})
    row = person_row(1, ID_DTKS=hendra.id_dtks, NOKK=keluarga_rias.no_kk, NIK=hendra.nik, NAMA="HENDRA",
                     TANGGAL_LAHIR="03-07-1980", HUB_KELUARGA="ANAK", PEKERJAAN="NELAYAN", RT="09")  # fmt: skip
    import_bytes(csv_bytes([row]), bu_rina, periode="2026-11")
    assert (now(hendra).nama, now(hendra).pekerjaan, now(hendra).tempat_lahir) == (
        "HENDRI",
        "GURU",
        "TOBOALI",
    )
    assert (now(keluarga_rias).alamat, now(keluarga_rias).rt) == ("JL. BARU", "09")


def test_a_point_written_by_hand_outlives_a_file_that_has_another(bu_rina, keluarga_rias):
    typed = house_in(RIAS)
    do(place_keluarga, by=bu_rina, why=Why("kunjungan"), keluarga=keluarga_rias, isian=typed)
    hendra = person(keluarga_rias, "HENDRA")
    row = person_row(1, ID_DTKS=hendra.id_dtks, NOKK=keluarga_rias.no_kk, NIK=hendra.nik, NAMA="HENDRA",
                     TANGGAL_LAHIR="03-07-1980", HUB_KELUARGA="ANAK", RT="09", LINTANG="-2.9",
                     BUJUR="106.4")  # fmt: skip
    import_bytes(csv_bytes([row], [*HEADERS, "LINTANG", "BUJUR"]), bu_rina, periode="2026-11")
    row = now(keluarga_rias)
    assert (row.rt, f"{row.titik.y:.6f}", row.titik_asal) == ("09", typed["lintang"], "petugas")


def test_an_edit_waits_for_no_import(bu_rina, keluarga_rias):
    with staging.loader() as line, line.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [APPLY_LOCK])
        said = refusal(
            "", correct_keluarga, by=bu_rina, why=Why("warga"), keluarga=keluarga_rias, isian={"rt": "9"}
        )
        assert "impor sedang ditulis" in said
        cursor.execute("SELECT pg_advisory_unlock(%s)", [APPLY_LOCK])
    do(correct_keluarga, by=bu_rina, why=Why("warga"), keluarga=keluarga_rias, isian={"rt": "9"})
    assert now(keluarga_rias).rt == "09"
