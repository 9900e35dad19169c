"""The pages of editing by hand: what may be done, the form, what would change, and the saving of it."""

from __future__ import annotations

import re

import pytest
from django.contrib.gis.geos import Point
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access.models import Jejak
from access.scope import Territory, set_territory, use_territory
from kpm.models import Anggota, Keluarga, Suntingan, written_day
from kpm.suntingan import Why, correct_anggota, correct_keluarga
from sentral.trail import Subject
from spatial.models import Batas
from tests.conftest import LALANG_JAYA, RIAS, SERDANG, everything
from tests.test_suntingan import do, now, person, why

pytestmark = pytest.mark.django_db

PAPER = {"alasan": "dokumen", "surat": "desa", "nomor": "470/12", "tanggal_surat": "2026-11-02"}
BABY = {"nama": "Siti Aminah", "jenis_kelamin": "P", "tanggal_lahir": "2026-11-01", "hubungan": "anak"}


def hidden(page: str) -> dict[str, str]:
    """What a form of the page sends by itself."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
    return {name: value for name, value in found if name != "csrfmiddlewaretoken"}


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


@pytest.fixture
def rina(client, bu_rina):
    client.force_login(bu_rina)
    return client


def ask(client, path: str, **typed):
    """Open a form and send it to see what would change."""
    form = hidden(client.get(path).content.decode())
    return client.post(path, form | PAPER | typed)


def save(client, path: str, seen):
    """Press the button of the confirmation."""
    return client.post(path, hidden(seen.content.decode()) | {"simpan": "1"})


def test_birth_is_shown_before_it_is_written_and_then_in_the_timeline(rina, keluarga_rias):
    path = f"/keluarga/{keluarga_rias.pk}/ubah/kelahiran/"
    seen = ask(rina, path, **BABY, nama_ibu="Nurhayati")
    assert seen.status_code == 200
    page = text_of(seen.content.decode())
    assert "Belum ada yang ditulis" in page
    assert "Siti Aminah Nama dulu kosong → kini SITI AMINAH" in page
    assert "Surat keterangan desa atau kelurahan 470/12, 2 Nov 2026" in page
    with everything():
        assert not Anggota.objects.filter(nama="SITI AMINAH").exists()
        assert not Suntingan.objects.exists()
    saved = save(rina, path, seen)
    assert saved.url == f"/keluarga/{keluarga_rias.pk}/"
    page = text_of(rina.get(saved.url).content.decode())
    assert "Kelahiran tersimpan." in page
    assert "Kelahiran : Siti Aminah Rina Marlina. Dokumen kependudukan" in page
    assert "4 orang" in page


def test_pressing_save_twice_writes_once_and_says_so(rina, keluarga_rias):
    path = f"/keluarga/{keluarga_rias.pk}/ubah/kelahiran/"
    seen = ask(rina, path, **BABY, nama_ibu="Nurhayati")
    save(rina, path, seen)
    again = rina.get(save(rina, path, seen).url)
    assert "sudah disimpan" in again.content.decode()
    with everything():
        assert Anggota.objects.filter(nama="SITI AMINAH").count() == 1


def test_back_to_the_form_keeps_what_was_typed(rina, keluarga_rias):
    path = f"/keluarga/{keluarga_rias.pk}/ubah/kelahiran/"
    seen = ask(rina, path, **BABY, nama_ibu="Nurhayati")
    back = rina.post(path, hidden(seen.content.decode()) | {"ubah": "1"})
    assert back.status_code == 200
    assert 'value="Siti Aminah"' in back.content.decode()


def test_errors_stand_beside_their_fields(rina, keluarga_rias):
    path = f"/keluarga/{keluarga_rias.pk}/ubah/kelahiran/"
    wrong = ask(
        rina, path, **BABY | {"nik": "123"}, nama_ibu="Nurhayati", surat="", nomor="", tanggal_surat=""
    )
    assert wrong.status_code == 422
    page = wrong.content.decode()
    assert re.search(r'id="ubah_nik_error">NIK harus 16 angka', page)
    paperless = ask(rina, path, **BABY, nama_ibu="Nurhayati", surat="", nomor="", tanggal_surat="")
    assert re.search(r'id="ubah_surat_error">Pilih surat', paperless.content.decode())


def test_a_new_nik_is_shown_to_its_writer_only_and_stands_in_no_address_and_no_trail(
    rina, bu_rina, keluarga_rias
):
    hendra = person(keluarga_rias, "HENDRA")
    path = f"/keluarga/{keluarga_rias.pk}/ubah/anggota/?orang={hendra.pk}"
    form = rina.get(path).content.decode()
    assert hendra.nik not in form
    assert "190301**********" in form
    new = "1903010307800077"
    typed = {"nama": hendra.nama, "tanggal_lahir": "1980-07-03", "jenis_kelamin": "L", "nik": new,
             "hubungan": "anak", "tempat_lahir": "TOBOALI", "id_dtks": hendra.id_dtks}  # fmt: skip
    seen = ask(rina, path, **typed)
    page = text_of(seen.content.decode())
    assert f"NIK dulu 190301********** → kini {new}" in page
    assert hendra.nik not in page
    saved = save(rina, path, seen)
    after = rina.get(saved.url).content.decode()
    assert new not in saved.url and new not in after
    with everything():
        assert Anggota.objects.get(pk=hendra.pk).nik == new
        assert new not in str(list(Suntingan.objects.values()))
    set_territory(Territory(jejak=True))
    assert new not in str(list(Jejak.objects.values()))


def test_what_a_file_wrote_in_its_own_way_stays_when_another_field_is_corrected(rina, keluarga_rias):
    hendra = person(keluarga_rias, "HENDRA")
    with everything():
        Anggota.objects.filter(pk=hendra.pk).update(hubungan="keponakan jauh", tempat_lahir="Toboali")
    path = f"/keluarga/{keluarga_rias.pk}/ubah/anggota/?orang={hendra.pk}"
    form = rina.get(path).content.decode()
    assert "keponakan jauh" in form
    typed = {"nama": "HENDRA", "tanggal_lahir": "1980-07-03", "jenis_kelamin": "L", "hubungan": "keponakan jauh",
             "tempat_lahir": "Toboali", "pekerjaan": "nelayan", "id_dtks": hendra.id_dtks}  # fmt: skip
    save(rina, path, ask(rina, path, **typed))
    row = person(keluarga_rias, "HENDRA")
    assert (row.hubungan, row.tempat_lahir, row.pekerjaan) == ("keponakan jauh", "Toboali", "NELAYAN")
    assert set(row.asal) == {"pekerjaan"}


def test_meanwhile_says_who_and_shows_both(rina, pak_hasan, keluarga_rias):
    path = f"/keluarga/{keluarga_rias.pk}/ubah/data/"
    form = hidden(rina.get(path).content.decode())
    do(
        correct_keluarga,
        by=pak_hasan,
        why=Why("warga"),
        keluarga=keluarga_rias,
        isian={"alamat": "Jl. Melati"},
    )
    answer = rina.post(path, form | PAPER | {"alamat": "Jl. Kenanga", "rt": "03", "rw": "01"})
    assert answer.status_code == 422
    page = text_of(answer.content.decode())
    assert "Data ini diubah Yusuf Hasan" in page
    assert "Alamat JL. MELATI Jl. Kenanga" in page
    with everything():
        assert Keluarga.objects.get(pk=keluarga_rias.pk).alamat == "JL. MELATI"
    seen = rina.post(
        path, hidden(answer.content.decode()) | PAPER | {"alamat": "Jl. Kenanga", "rt": "03", "rw": "01"}
    )
    assert "JL. MELATI → kini JL. KENANGA" in text_of(seen.content.decode())


def test_move_out_of_sight_is_announced_and_leads_back_to_the_list(rina, bu_rina, keluarga_rias):
    path = f"/keluarga/{keluarga_rias.pk}/ubah/pindah/"
    seen = ask(rina, path, wilayah=LALANG_JAYA, alamat="Jl. Manggar 5")
    page = text_of(seen.content.decode())
    assert "setelah disimpan Anda tidak melihat keluarga ini lagi" in page
    assert "Desa Lalang Jaya, Kec. Manggar, Kab. Belitung Timur" in page
    saved = save(rina, path, seen)
    assert saved.url == "/keluarga/"
    assert "pindah ke luar wilayah Anda" in rina.get("/keluarga/").content.decode()
    assert rina.get(f"/keluarga/{keluarga_rias.pk}/").status_code == 404
    assert save(rina, path, seen).url == "/keluarga/"


def test_the_new_village_reads_where_the_keluarga_came_from(rina, client, bu_rina, mbak_ayu, keluarga_rias):
    path = f"/keluarga/{keluarga_rias.pk}/ubah/pindah/"
    save(rina, path, ask(rina, path, wilayah=LALANG_JAYA, alamat="Jl. Manggar 5"))
    client.force_login(mbak_ayu)
    page = text_of(client.get(f"/keluarga/{keluarga_rias.pk}/").content.decode())
    assert "Pindah : Rosidi, Nurhayati, Hendra Rina Marlina" in page
    assert "Batalkan perubahan ini" not in page  # only who sees both sides can
    assert "Desa dulu Desa Rias, Kec. Toboali → kini Desa Lalang Jaya, Kec. Manggar" in page


def test_looking_at_a_number_of_elsewhere_leaves_a_line(rina, bu_rina, keluarga_rias, keluarga_lalang):
    path = f"/keluarga/{keluarga_rias.pk}/ubah/data/"
    answer = ask(rina, path, no_kk=keluarga_lalang.no_kk, alamat="JL. MAWAR 1", rt="03", rw="01")
    assert "di luar wilayah Anda" in answer.content.decode()
    set_territory(Territory(jejak=True))
    line = Jejak.objects.get(aksi="cari")
    assert (line.pengguna_id, line.rincian) == (bu_rina.pk, {"menurut": "nomor", "di_luar": True})
    assert (line.objek, line.objek_id, line.wilayah_id) == ("keluarga", str(keluarga_lalang.pk), LALANG_JAYA)


def test_a_nik_of_elsewhere_stands_in_the_trail_of_whose_it_is(rina, keluarga_rias, keluarga_lalang):
    suharti = person(keluarga_lalang, "SUHARTI SAKTI")
    path = f"/keluarga/{keluarga_rias.pk}/ubah/kelahiran/"
    without = ask(
        rina, path, **BABY, nama_ibu="Nurhayati", nik=suharti.nik, surat="", nomor="", tanggal_surat=""
    )
    assert "Pilih surat" in without.content.decode()
    assert "di luar wilayah Anda" not in without.content.decode()  # nobody asks without a reason and a paper
    set_territory(Territory(jejak=True))
    assert not Jejak.objects.filter(aksi="cari").exists()
    told = ask(rina, path, **BABY, nama_ibu="Nurhayati", nik=suharti.nik)
    assert "di luar wilayah Anda" in told.content.decode()
    assert "Suharti" not in told.content.decode()
    set_territory(Territory(jejak=True))
    line = Jejak.objects.get(aksi="cari")
    assert (line.objek, line.objek_id, line.wilayah_id) == ("anggota", str(suharti.pk), LALANG_JAYA)
    assert suharti.nik not in str(line.rincian)
    assert list(Subject("anggota", suharti.pk).keys()) == [(line.pk, line.waktu)]
    assert list(Subject("keluarga", keluarga_lalang.pk).keys()) == [(line.pk, line.waktu)]


def test_a_known_number_leads_to_its_keluarga(rina, keluarga_rias, keluarga_serdang):
    path = f"/keluarga/{keluarga_rias.pk}/ubah/data/"
    answer = ask(rina, path, no_kk=keluarga_serdang.no_kk, alamat="JL. MAWAR 1", rt="03", rw="01")
    assert f'href="/keluarga/{keluarga_serdang.pk}/"' in answer.content.decode()


def test_new_keluarga_from_the_list(rina, keluarga_rias):
    assert "/keluarga/baru/" in rina.get("/keluarga/").content.decode()
    typed = BABY | {
        "nama": "Bahar",
        "tanggal_lahir": "1980-01-02",
        "wilayah": SERDANG,
        "no_kk": "1903010101209001",
    }
    seen = ask(rina, "/keluarga/baru/", **typed)
    assert "No. KK dulu kosong → kini 1903010101209001" in text_of(seen.content.decode())
    saved = save(rina, "/keluarga/baru/", seen)
    page = text_of(rina.get(saved.url).content.decode())
    assert "Keluarga Bahar" in page and "Keluarga baru : Bahar" in page
    assert "Masuk daftar" not in page


def test_split_shows_both_cards(rina, keluarga_rias):
    hendra = person(keluarga_rias, "HENDRA")
    path = f"/keluarga/{keluarga_rias.pk}/ubah/pisah/"
    typed = {"anggota": [hendra.pk], "no_kk": "1903010101209002", "kepala": hendra.pk, "alamat": "Jl. Baru"}
    seen = ask(rina, path, **typed)
    page = text_of(seen.content.decode())
    assert "Hendra No. KK dulu 190301********** → kini 1903010101209002" in page
    assert "Hendra Hubungan dulu anak → kini kepala keluarga" in page
    save(rina, path, seen)
    with everything():
        assert Keluarga.objects.get(no_kk="1903010101209002").anggota_list.get() == hendra


def test_merge_by_the_number_of_the_other_one(rina, keluarga_rias, keluarga_serdang, keluarga_lalang):
    path = f"/keluarga/{keluarga_rias.pk}/ubah/gabung/"
    lost = ask(rina, path, lain=keluarga_lalang.no_kk, hubungan_kepala="menantu")
    assert "Tidak ada keluarga dengan nomor ini di wilayah Anda" in lost.content.decode()
    seen = ask(rina, path, lain=keluarga_serdang.no_kk, hubungan_kepala="menantu")
    page = text_of(seen.content.decode())
    assert "Efendi Hubungan dulu kepala keluarga → kini menantu" in page
    assert "Status dulu aktif → kini keluar" in page
    save(rina, path, seen)
    with everything():
        assert Anggota.objects.filter(keluarga=keluarga_rias).count() == 5


def test_the_other_one_of_a_merge_may_not_change_after_the_confirmation(
    rina, pak_hasan, keluarga_rias, keluarga_serdang
):
    path = f"/keluarga/{keluarga_rias.pk}/ubah/gabung/"
    typed = {"lain": keluarga_serdang.no_kk, "hubungan_kepala": "menantu"}
    seen = ask(rina, path, **typed)
    isian = {"pekerjaan": "GURU"}
    marlina = person(keluarga_serdang, "MARLINA")
    do(correct_anggota, by=pak_hasan, why=why(), anggota=marlina, isian=isian)
    late = save(rina, path, seen)
    assert late.status_code == 422
    assert "Data ini diubah Yusuf Hasan" in late.content.decode()
    assert now(keluarga_serdang).status == "aktif"
    again = rina.post(path, hidden(late.content.decode()) | PAPER | typed)
    assert save(rina, path, again).status_code == 302
    assert now(keluarga_serdang).status == "keluar"


def test_one_member_into_another_kk_and_back(rina, keluarga_rias, keluarga_serdang, keluarga_lalang):
    hendra = person(keluarga_rias, "HENDRA")
    menu = rina.get(f"/keluarga/{keluarga_rias.pk}/ubah/").content.decode()
    path = f"/keluarga/{keluarga_rias.pk}/ubah/pindah-kk/"
    assert path in menu
    typed = {"siapa": hendra.pk, "hubungan": "menantu"}
    lost = ask(rina, path, **typed, no_kk=keluarga_lalang.no_kk)
    assert lost.status_code == 422
    assert re.search(r'id="ubah_no_kk_error">Tidak ada keluarga dengan nomor ini', lost.content.decode())
    seen = ask(rina, path, **typed, no_kk=keluarga_serdang.no_kk)
    page = text_of(seen.content.decode())
    assert f"Hendra No. KK dulu 190301********** → kini {keluarga_serdang.no_kk}" in page
    assert "Hendra Hubungan dulu anak → kini menantu" in page
    assert person(keluarga_rias, "HENDRA") == hendra
    saved = save(rina, path, seen)
    assert keluarga_serdang.no_kk not in saved.url
    page = rina.get(saved.url).content.decode()
    assert "Pindah ke KK lain tersimpan." in page and "2 orang" in text_of(page)
    assert "Pindah ke KK lain : Hendra Rina Marlina" in text_of(page)
    assert "Pindah ke KK lain : Hendra" in text_of(
        rina.get(f"/keluarga/{keluarga_serdang.pk}/").content.decode()
    )
    with everything():
        line = Suntingan.objects.get(pasangan=None)
    assert keluarga_serdang.no_kk not in str(vars(line))
    path = f"/keluarga/suntingan/{line.pk}/batal/"
    save(rina, path, rina.post(path, hidden(rina.get(path).content.decode()) | {"alasan": "keliru"}))
    assert person(keluarga_rias, "HENDRA").hubungan == "anak"


@pytest.mark.parametrize(
    ("apa", "typed"),
    [
        ("kematian", {"tanggal": "2026-11-03"}),
        ("anggota-keluar", {"tanggal": "2026-11-03", "menjadi": "keluar"}),
    ],
)
def test_who_left_stands_apart_on_the_page(rina, keluarga_rias, apa, typed):
    hendra = person(keluarga_rias, "HENDRA")
    path = f"/keluarga/{keluarga_rias.pk}/ubah/{apa}/"
    save(rina, path, ask(rina, path, siapa=hendra.pk, **typed))
    page = text_of(rina.get(f"/keluarga/{keluarga_rias.pk}/").content.decode())
    assert "2 orang" in page
    assert "Tidak lagi anggota Hendra" in page
    back = f"/keluarga/{keluarga_rias.pk}/ubah/anggota-kembali/"
    save(rina, back, ask(rina, back, siapa=hendra.pk))
    assert "3 orang" in text_of(rina.get(f"/keluarga/{keluarga_rias.pk}/").content.decode())


def test_head_list_and_status_have_forms_as_well(rina, keluarga_rias):
    hendra = person(keluarga_rias, "HENDRA")
    path = f"/keluarga/{keluarga_rias.pk}/ubah/kepala/"
    save(rina, path, ask(rina, path, kepala=hendra.pk, hubungan_lama="orang tua"))
    assert person(keluarga_rias, "ROSIDI").hubungan == "orang tua"
    path = f"/keluarga/{keluarga_rias.pk}/ubah/keluar/"
    save(rina, path, ask(rina, path, sebab="mampu", tanggal="2026-11-03"))
    menu = rina.get(f"/keluarga/{keluarga_rias.pk}/ubah/").content.decode()
    assert "ubah/kembali/" in menu and "ubah/pindah/" not in menu
    path = f"/keluarga/{keluarga_rias.pk}/ubah/kembali/"
    save(rina, path, ask(rina, path))
    with everything():
        assert Keluarga.objects.get(pk=keluarga_rias.pk).status == "aktif"
        assert Suntingan.objects.count() == 3


def test_somebody_who_came_from_elsewhere_is_added_without_a_mother(rina, keluarga_rias):
    path = f"/keluarga/{keluarga_rias.pk}/ubah/masuk/"
    save(rina, path, ask(rina, path, **BABY | {"hubungan": "menantu"}, pekerjaan="guru"))
    assert person(keluarga_rias, "SITI AMINAH").pekerjaan == "GURU"


def test_forms_and_confirmations_leave_the_trail_of_who_was_read(rina, bu_rina, keluarga_rias):
    ask(rina, f"/keluarga/{keluarga_rias.pk}/ubah/kelahiran/", **BABY, nama_ibu="Nurhayati")
    set_territory(Territory(jejak=True))
    lines = Jejak.objects.filter(aksi="lihat_orang", objek_id=str(keluarga_rias.pk))
    assert [line.rincian for line in lines] == [{"anggota": 3, "untuk": "ubah"}] * 2


def test_same_number_of_queries_for_few_and_many_edits(
    rina, bu_rina, keluarga_rias, django_assert_num_queries
):
    def change(rt: int):
        do(correct_keluarga, by=bu_rina, why=Why("warga"), keluarga=keluarga_rias, isian={"rt": str(rt)})

    change(11)
    rina.get(f"/keluarga/{keluarga_rias.pk}/")
    with CaptureQueriesContext(connection) as few:
        rina.get(f"/keluarga/{keluarga_rias.pk}/")
    for rt in range(12, 20):
        change(rt)
    with CaptureQueriesContext(connection) as many:
        rina.get(f"/keluarga/{keluarga_rias.pk}/")
    assert len(many) == len(few)


def test_who_wrote_a_field_stands_beside_it_and_in_a_list(rina, bu_rina, keluarga_rias):
    assert "ditulis petugas" not in rina.get(f"/keluarga/{keluarga_rias.pk}/").content.decode()
    do(correct_keluarga, by=bu_rina, why=Why("warga"), keluarga=keluarga_rias, isian={"alamat": "Jl. Baru"})
    hendra = person(keluarga_rias, "HENDRA")
    do(correct_anggota, by=bu_rina, why=Why("warga"), anggota=hendra, isian={"pekerjaan": "nelayan"})
    page = rina.get(f"/keluarga/{keluarga_rias.pk}/").content.decode()
    today = written_day(timezone.localdate())
    said = re.findall(r'class="tanda-asal" title="([^"]+)"', page)
    assert said == [f"ditulis Rina Marlina, {today}"] * 2
    text = text_of(page)
    assert "2 isian ditulis petugas" in text
    assert (
        f"Keluarga Alamat Rina Marlina {today}" in text and f"Hendra Pekerjaan Rina Marlina {today}" in text
    )


def test_the_psm_sees_the_line_but_no_button(client, bu_rina, bu_sri, keluarga_rias):
    do(correct_keluarga, by=bu_rina, why=Why("warga"), keluarga=keluarga_rias, isian={"rt": "9"})
    client.force_login(bu_sri)
    page = client.get(f"/keluarga/{keluarga_rias.pk}/").content.decode()
    assert "Perbaikan data keluarga" in page and "Laporan warga" in page
    assert "/ubah/" not in page
    with use_territory(bu_sri):
        assert Suntingan.objects.visible_to(bu_sri).get().wilayah_id == RIAS


def test_undo_from_the_timeline_and_back(rina, bu_rina, keluarga_rias):
    line = do(
        correct_keluarga, by=bu_rina, why=Why("warga"), keluarga=keluarga_rias, isian={"alamat": "Jl. Baru"}
    )
    path = f"/keluarga/suntingan/{line.pk}/batal/"
    assert path in rina.get(f"/keluarga/{keluarga_rias.pk}/").content.decode()
    form = hidden(rina.get(path).content.decode())
    seen = rina.post(path, form | {"alasan": "keliru"})
    assert "Alamat dulu JL. BARU → kini JL. MAWAR 1" in text_of(seen.content.decode())
    with everything():
        assert Keluarga.objects.get(pk=keluarga_rias.pk).alamat == "JL. BARU"
    saved = save(rina, path, seen)
    page = rina.get(saved.url).content.decode()
    text = text_of(page)
    assert "Perbaikan data keluarga , sudah dibatalkan" in text
    assert "Dibatalkan: Perbaikan data keluarga" in text and "Kembalikan perubahan ini…" in text
    assert path not in page
    with everything():
        assert Keluarga.objects.get(pk=keluarga_rias.pk).alamat == "JL. MAWAR 1"
        undone = Suntingan.objects.get(jenis="batal")
    path = f"/keluarga/suntingan/{undone.pk}/batal/"
    save(rina, path, rina.post(path, hidden(rina.get(path).content.decode()) | {"alasan": "keliru"}))
    assert "Dikembalikan: Perbaikan data keluarga" in text_of(rina.get(saved.url).content.decode())


def test_undoing_a_new_keluarga_leads_to_the_list(rina, keluarga_rias):
    typed = BABY | {"nama": "Bahar", "tanggal_lahir": "1980-01-02", "wilayah": SERDANG}
    save(rina, "/keluarga/baru/", ask(rina, "/keluarga/baru/", **typed))
    with everything():
        line = Suntingan.objects.get()
    path = f"/keluarga/suntingan/{line.pk}/batal/"
    seen = rina.post(path, hidden(rina.get(path).content.decode()) | {"alasan": "keliru"})
    assert "Bahar Nama dulu BAHAR → kini kosong" in text_of(seen.content.decode())
    saved = save(rina, path, seen)
    assert saved.url == "/keluarga/"
    assert "Perubahan dibatalkan" in rina.get(saved.url).content.decode()


def test_a_refused_undo_says_why(rina, bu_rina, pak_hasan, keluarga_rias):
    line = do(correct_keluarga, by=bu_rina, why=Why("warga"), keluarga=keluarga_rias, isian={"rt": "8"})
    do(correct_keluarga, by=pak_hasan, why=Why("warga"), keluarga=keluarga_rias, isian={"rt": "9"})
    path = f"/keluarga/suntingan/{line.pk}/batal/"
    answer = rina.post(path, hidden(rina.get(path).content.decode()) | {"alasan": "keliru"})
    assert answer.status_code == 422
    assert "Sesudahnya data ini diubah Yusuf Hasan" in answer.content.decode()


def test_the_list_keeps_what_became_of_a_keluarga_that_moved_away(
    rina, client, bu_rina, bu_sri, keluarga_rias
):
    line = do(correct_keluarga, by=bu_rina, why=Why("warga"), keluarga=keluarga_rias, isian={"rt": "8"})
    page = rina.get("/keluarga/suntingan/").content.decode()
    assert "Keluarga Rosidi" in page and f"/keluarga/suntingan/{line.pk}/batal/" in page
    path = f"/keluarga/{keluarga_rias.pk}/ubah/pindah/"
    save(rina, path, ask(rina, path, wilayah=LALANG_JAYA, alamat="Jl. Manggar 5"))
    client.force_login(bu_sri)
    page = client.get("/keluarga/suntingan/").content.decode()
    text = text_of(page)
    assert "Pindah ke luar desa tidak terlihat lagi di sini Rias ke Desa Lalang Jaya, Kec. Manggar" in text
    assert "Rosidi" not in page and "/batal/" not in page


def test_the_list_says_what_was_undone_and_leads_to_what_is_gone(rina, keluarga_rias):
    typed = BABY | {"nama": "Bahar", "tanggal_lahir": "1980-01-02", "wilayah": SERDANG}
    save(rina, "/keluarga/baru/", ask(rina, "/keluarga/baru/", **typed))
    with everything():
        line = Suntingan.objects.get()
    path = f"/keluarga/suntingan/{line.pk}/batal/"
    save(rina, path, rina.post(path, hidden(rina.get(path).content.decode()) | {"alasan": "keliru"}))
    with everything():
        undo = Suntingan.objects.get(jenis="batal")
    page = rina.get("/keluarga/suntingan/").content.decode()
    assert "Dibatalkan: Keluarga baru" in page and "sudah dibatalkan" in page
    assert path not in page
    path = f"/keluarga/suntingan/{undo.pk}/batal/"
    assert path in page
    saved = save(rina, path, rina.post(path, hidden(rina.get(path).content.decode()) | {"alasan": "keliru"}))
    assert "Keluarga Bahar" in rina.get(saved.url).content.decode()


def test_the_list_asks_as_much_for_many_lines_as_for_few(rina, bu_rina, keluarga_rias, keluarga_serdang):
    def change(keluarga, rt):
        do(correct_keluarga, by=bu_rina, why=Why("warga"), keluarga=keluarga, isian={"rt": str(rt)})

    change(keluarga_rias, 20)
    rina.get("/keluarga/suntingan/")
    with CaptureQueriesContext(connection) as few:
        rina.get("/keluarga/suntingan/")
    for rt in range(21, 33):
        change(keluarga_rias, rt)
        change(keluarga_serdang, rt)
    with CaptureQueriesContext(connection) as many:
        rina.get("/keluarga/suntingan/")
    assert len(many) == len(few)


def test_where_a_house_stands_is_typed_shown_saved_and_taken_back(rina, bu_rina, keluarga_rias):
    at = Batas.objects.get(versi__aktif=True, wilayah_id=RIAS).geom.point_on_surface
    path = f"/keluarga/{keluarga_rias.pk}/ubah/titik/"
    form = rina.get(path).content.decode()
    assert 'data-island="pilih-titik"' in form and 'id="pin-data"' in form
    assert 'name="hapus"' not in form  # there is no point to take away
    far = ask(rina, path, lintang=f"{at.y:.6f}", bujur=f"{at.x + 0.4:.6f}")
    assert far.status_code == 422
    assert re.search(r'id="ubah_lintang_error">Titik ini \d+,\d km di luar', far.content.decode())
    seen = ask(
        rina,
        path,
        lintang=f"{at.y:.6f}, {at.x:.6f}",
        bujur="",
        akurasi="25",
        surat="",
        nomor="",
        tanggal_surat="",
    )
    page = text_of(seen.content.decode())
    assert f"Letak rumah dulu kosong → kini {at.y:.5f}, {at.x:.5f}" in page
    assert "Ketelitian letak dulu kosong → kini 25 m" in page and "tanpa surat" in page
    with everything():
        assert Keluarga.objects.get(pk=keluarga_rias.pk).titik is None
    saved = save(rina, path, seen)
    page = rina.get(saved.url).content.decode()
    assert "Letak rumah tersimpan." in page and 'data-island="pin-keluarga"' in page
    assert "Sumber titik: petugas. Ketelitian 25 m." in page
    assert 'name="hapus"' in rina.get(path).content.decode()
    with everything():
        line = Suntingan.objects.get()
    back = f"/keluarga/suntingan/{line.pk}/batal/"
    save(rina, back, rina.post(back, hidden(rina.get(back).content.decode()) | {"alasan": "keliru"}))
    with everything():
        assert Keluarga.objects.get(pk=keluarga_rias.pk).titik is None


def test_point_that_is_wrong_is_taken_away_from_the_page(rina, bu_rina, keluarga_rias):
    with everything():
        Keluarga.objects.filter(pk=keluarga_rias.pk).update(
            titik=Point(106.4, -2.94, srid=4326), titik_asal="DTSEN"
        )
    path = f"/keluarga/{keluarga_rias.pk}/ubah/titik/"
    seen = ask(rina, path, hapus="on", alasan="keliru")
    assert "Letak rumah dulu -2.94000, 106.40000 → kini kosong" in text_of(seen.content.decode())
    assert "tidak diketahui lagi" in seen.content.decode()
    save(rina, path, seen)
    assert "Letak rumah belum diketahui" in rina.get(f"/keluarga/{keluarga_rias.pk}/").content.decode()
