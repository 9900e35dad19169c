"""The pages of a preview: numbers that open their rows, masked; rules; the question; the second person's page."""

from __future__ import annotations

import re

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from psycopg2 import sql

from access.models import Jejak, User
from access.scope import use_territory
from jobs import staging
from kpm import keputusan, queries_rincian
from kpm.aturan import Aturan
from kpm.models import Anggota, Impor, Keluarga, Langkah
from tests.berkas import HEADERS, csv_bytes, import_bytes, person
from tests.conftest import BANGKA_SELATAN, BELITUNG_TIMUR, RIAS, everything, make_user
from tests.test_pratinjau import apply, change, family, upload, work
from tests.urungkan import take_back

pytestmark = pytest.mark.usefixtures("swept", "db")


@pytest.fixture(autouse=True)
def private_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    settings.IMPOR_SETUJU_PERSEN = 100


@pytest.fixture
def impor(bu_rina):
    """One keluarga of each golongan, one of them with a field an officer wrote."""
    import_bytes(csv_bytes([*family(1), *family(2), *family(3)]), bu_rina)
    change(Keluarga.objects.filter(no_kk__endswith="0001"), rt="09")
    rows = [
        *family(1, RT="08"),
        *family(2, ALAMAT="JL. BARU 9", NAMA="ROSIDI BIN ALI", NIK="1903010707809999"),
        *family(4),
        person(5, NAMA=""),
    ]
    return upload(rows, bu_rina)


@pytest.fixture
def rina(client, bu_rina):
    client.force_login(bu_rina)
    return client


def text_of(client, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def rows(client, impor: Impor, query: str) -> str:
    return text_of(client, f"/impor/{impor.pk}/rincian/?{query}").partition("Isian, sekarang dan sesudah")[2]


def test_the_page_says_what_would_change_and_that_nothing_has(rina, impor):
    page = text_of(rina, f"/impor/{impor.pk}/")
    assert "DTKS November 2026: apa yang akan berubah" in page
    assert "Terapkan 8 perubahan…" in page, (
        "one new and one changed keluarga, two new persons and a changed one, three get programmes only"
    )
    assert "Tulisan petugas dan hasil verval dipertahankan. Berkas ini berisi lain: RT 1" in page
    assert "Keluarga yang tidak ada di berkas dibiarkan" in page
    assert impor.sha256 in page
    assert "Ditinjau" in page
    assert re.search(r"\d{16}", page.replace(impor.sha256, "")) is None


def test_each_number_opens_its_rows(rina, impor):
    body = rina.get(f"/impor/{impor.pk}/").content.decode()
    links = set(re.findall(rf'href="(/impor/{impor.pk}/rincian/\?[^"]+)"', body))
    assert len(links) > 10
    for link in links:
        assert rina.get(link.replace("&amp;", "&")).status_code == 200


def test_the_number_of_the_unknown_village_opens_its_rows(rina, bu_rina):
    lost = person(8, NAMA="TERSESAT", **{"DESA/KELUARAHAN": "ENTAH DI MANA"})
    one = upload([person(7, NAMA="TIDAK TERSESAT"), person(9, NAMA=""), lost], bu_rina)
    body = rina.get(f"/impor/{one.pk}/").content.decode()
    assert "Desa tidak dikenal" in body
    query = "apa=anggota&golongan=ditolak&wilayah=tanpa"
    assert f'href="/impor/{one.pk}/rincian/?{query.replace("&", "&amp;")}">1</a>' in body
    found = text_of(rina, f"/impor/{one.pk}/rincian/?{query}")
    assert "Orang yang ditolak, Desa tidak dikenal" in found
    assert "Tersesat" in found
    assert "Tidak Tersesat" not in found
    assert "Nama kosong" not in found


def test_changed_rows_show_before_and_after_masked(rina, impor):
    found = rows(rina, impor, "apa=anggota&golongan=berubah")
    assert "Rosidi bin Ali" in found
    assert "Nama: dulu ROSIDI → kini ROSIDI BIN ALI" in found
    assert "NIK: dulu 190301********** → kini 190301**********" in found
    assert "Nurhayati" not in found
    assert re.search(r"\d{16}", found) is None


def test_programmes_and_ranks_show_what_goes_and_what_comes(rina, bu_rina):
    headers = [*HEADERS, "DESIL"]
    import_bytes(csv_bytes([person(1, DESIL="3"), person(2, DESIL="4")], headers), bu_rina, periode="2026-11")
    rows_now = [person(1, DESIL="3", BANSOS_BPNT="TIDAK", BANSOS_PKH="YA"), person(2, DESIL="5")]
    impor = upload(rows_now, bu_rina, headers=headers)
    page = text_of(rina, f"/impor/{impor.pk}/")
    assert "Terapkan 2 perubahan…" in page
    assert "Program 1 bertambah, 1 berkurang, pada 1 orang" in page
    assert "Peringkat 1 keluarga baru atau berubah: desil 1" in page
    found = rows(rina, impor, "apa=anggota&isian=program")
    assert "hanya program Program menurut DTKS November 2026: dulu Sembako → kini PKH" in found
    assert found.count("→") == 1
    found = rows(rina, impor, "apa=keluarga&isian=desil")
    assert "hanya peringkat Desil menurut DTKS November 2026: dulu 4 → kini 5" in found
    question = text_of(rina, f"/impor/{impor.pk}/terapkan/")
    for line in ("Program bertambah", "Program berkurang", "Peringkat keluarga baru atau berubah"):
        assert line in question
    keputusan.apply_reviewed(impor_id=impor.pk, by=bu_rina, sidik=impor.tinjauan["sidik"])
    work(impor)
    page = text_of(rina, f"/impor/{impor.pk}/")
    assert "Program 1 bertambah, 1 berkurang" in page
    assert "Peringkat 1 keluarga baru atau berubah" in page


def test_a_preview_of_an_earlier_release_is_said_to_be_gone(rina, impor):
    """Its tables lack a column; the page stands, without its rows."""
    with staging.loader() as line, line.cursor() as cursor:
        for apa in ("anggota", "keluarga"):
            cursor.execute(f"CREATE UNLOGGED TABLE staging.job_0_1_tinjau_{apa} (baris bigint, ubah jsonb)")
    impor.tinjauan["tabel"]["tinjau"] = "job_0_1"
    for name in ("samping", "hanya", "program", "peringkat"):
        del impor.tinjauan[name]
    impor.save()
    text_of(rina, f"/impor/{impor.pk}/")
    text_of(rina, f"/impor/{impor.pk}/terapkan/")
    assert "Rincian tidak ada lagi" in text_of(rina, f"/impor/{impor.pk}/rincian/?isian=program", 410)


def test_rows_are_narrowed_by_golongan_field_and_wilayah(rina, impor):
    assert "JL. BARU 9" in rows(rina, impor, "apa=keluarga&golongan=berubah&isian=alamat")
    assert "JL. BARU 9" not in rows(rina, impor, "apa=keluarga&golongan=berubah&isian=rt")
    assert "JL. BARU 9" in rows(rina, impor, f"apa=keluarga&golongan=berubah&wilayah={RIAS}")
    assert "JL. BARU 9" not in rows(rina, impor, "apa=keluarga&golongan=berubah&wilayah=1906")
    assert "Nama kosong" in rows(rina, impor, "apa=anggota&golongan=ditolak")


def test_the_missing_are_named_from_the_register(rina, impor):
    assert "Rosidi" in rows(rina, impor, "apa=keluarga&golongan=hilang")
    people = rows(rina, impor, "apa=anggota&golongan=hilang")
    assert "Siti" in people
    assert "dibiarkan" in people


def test_a_held_field_shows_who_wrote_it_and_what_the_file_says(rina, impor):
    found = rows(rina, impor, "apa=keluarga&golongan=ditahan")
    assert "RT: 09 , ditulis petugas; di berkas 08" in found


def test_looking_at_rows_leaves_a_trail(rina, impor):
    rina.get(f"/impor/{impor.pk}/rincian/?apa=anggota&golongan=berubah")
    with everything():
        line = Jejak.objects.get(aksi="lihat_daftar", objek="impor", objek_id=str(impor.pk))
        head = Anggota.objects.get(keluarga__no_kk__endswith="0002", kepala=True)
        shown = line.isi_list.get(objek="anggota").ids
    assert line.rincian == {"halaman": 1, "banyak": 1, "golongan": "berubah"}
    assert shown == [head.pk]


@pytest.mark.parametrize(
    "query", ["apa=x&golongan=y&wilayah=z&isian=w", "wilayah=19%27%20OR%201=1", "halaman=99999"]
)
def test_odd_addresses_show_something(rina, impor, query):
    assert rina.get(f"/impor/{impor.pk}/rincian/?{query}").status_code == 200


def test_rows_cost_the_same_for_few_and_for_many(rina, bu_rina, django_assert_num_queries):
    few = upload([person(1), person(2)], bu_rina)
    many = upload([person(n) for n in range(1, 201)], bu_rina, periode="2026-12")
    rina.get(f"/impor/{few.pk}/")
    for address in ("/impor/{}/rincian/?apa=anggota&golongan=baru", "/impor/{}/"):
        with CaptureQueriesContext(connection) as captured:
            rina.get(address.format(few.pk))
        with django_assert_num_queries(len(captured)):
            rina.get(address.format(many.pk))


def test_a_colleague_sees_neither_the_page_nor_its_rows(client, impor, mbak_ayu):
    client.force_login(mbak_ayu)
    assert client.get(f"/impor/{impor.pk}/rincian/").status_code == 404
    colleague = make_user("adi", "Adi Kepala", ("dinsos_kab", BANGKA_SELATAN))
    client.force_login(colleague)
    assert client.get(f"/impor/{impor.pk}/rincian/").status_code == 404


def test_the_province_sees_the_rows(client, impor, pak_hasan):
    client.force_login(pak_hasan)
    assert "JL. BARU 9" in rows(client, impor, "apa=keluarga&golongan=berubah")


def test_a_policy_hides_the_rows_from_everybody_else(impor, mbak_ayu, bu_rina):
    """The second wall, whatever a view asks."""
    table = f"staging.{impor.tinjauan['tabel']['tinjau']}_tinjau_anggota"

    def seen_by(user) -> int:
        with use_territory(user), connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {table}")
            return cursor.fetchone()[0]

    assert (seen_by(bu_rina), seen_by(mbak_ayu)) == (9, 0)
    with (
        use_territory(mbak_ayu),
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
    ):
        with connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {table} (baris) VALUES (1)")


def test_rules_are_chosen_on_their_page_and_previewed(rina, impor):
    page = text_of(rina, f"/impor/{impor.pk}/aturan/")
    assert "RT (1)" in page
    data = {"hilang": "keluar", "isian": ["alamat", "nama"], "timpa": ["rt"], "utuh": "on"}
    assert rina.post(f"/impor/{impor.pk}/aturan/", data).status_code == 302
    work(impor)
    assert impor.aturan == {"hilang": "keluar", "isian": ["alamat", "nama"], "timpa": ["rt"], "utuh": True}
    assert impor.tinjauan["keluar"]["keluarga"] == 1
    page = text_of(rina, f"/impor/{impor.pk}/")
    assert "Keluarga yang tidak ada di berkas ditandai keluar" in page
    assert "RT diganti" in page


def test_bad_rules_are_said_and_change_nothing(rina, impor):
    answer = rina.post(f"/impor/{impor.pk}/aturan/", {"hilang": "bakar", "isian": ["sandi"]})
    assert answer.status_code == 422
    assert "Pilih salah satu." in answer.content.decode()
    impor.refresh_from_db()
    assert impor.aturan == {}


def test_applying_asks_first_and_then_shows_the_report(rina, impor):
    page = text_of(rina, f"/impor/{impor.pk}/terapkan/")
    assert "Terapkan DTKS November 2026?" in page
    assert "Keluarga baru 1" in page
    answer = rina.post(f"/impor/{impor.pk}/terapkan/", {"sidik": impor.tinjauan["sidik"]})
    assert answer["Location"] == f"/impor/{impor.pk}/"
    work(impor)
    page = text_of(rina, f"/impor/{impor.pk}/")
    assert "DTKS November 2026 diterapkan" in page
    assert "baris dibaca" in page
    assert page.index("Diterapkan") < page.rindex("Ditinjau") < page.rindex("Diunggah")


def test_a_page_of_before_applies_nothing(rina, impor):
    answer = rina.post(f"/impor/{impor.pk}/terapkan/", {"sidik": "lama"}, follow=True)
    assert "Pratinjau ini sudah diganti yang baru" in answer.content.decode()
    assert not Langkah.objects.filter(jenis="terap", impor=impor).exists()


def test_a_discarded_import_says_so(rina, impor):
    assert "Buang berkas dtks.csv?" in text_of(rina, f"/impor/{impor.pk}/buang/")
    rina.post(f"/impor/{impor.pk}/buang/")
    assert "Impor ini dibuang." in text_of(rina, f"/impor/{impor.pk}/")


def test_a_failed_preview_can_be_tried_again(rina, impor):
    Impor.objects.filter(pk=impor.pk).update(keadaan="diperiksa")
    job = impor.langkah_list.get().job
    job.keadaan, job.pesan = "gagal", "Prosesnya mati."
    job.save()
    assert "Berkas ini tidak selesai diperiksa. Tidak ada yang diubah. Prosesnya mati." in text_of(
        rina, f"/impor/{impor.pk}/"
    )
    rina.post(f"/impor/{impor.pk}/tinjau/")
    assert work(impor).keadaan == "selesai"


@pytest.fixture
def waiting(bu_rina, settings):
    settings.IMPOR_SETUJU_PERSEN = 20
    import_bytes(csv_bytes([person(n) for n in range(1, 5)]), bu_rina)
    rows = [person(1, ALAMAT="JL. BARU 9", NAMA="KANARIA"), *[person(n) for n in range(2, 5)]]
    impor = upload(rows, bu_rina)
    keputusan.apply_reviewed(impor_id=impor.pk, by=bu_rina, sidik=impor.tinjauan["sidik"])
    return impor


def hidden(client, impor: Impor) -> str:
    """The digest in the second person's form."""
    body = client.get(f"/impor/{impor.pk}/putusan/").content.decode()
    return re.search(r'name="sidik" value="(\w+)"', body)[1]


def test_a_second_person_with_an_old_page_is_told_to_look_again(client, waiting, pak_hasan):
    client.force_login(pak_hasan)
    answer = client.post(f"/impor/{waiting.pk}/putusan/", {"putusan": "setuju", "sidik": "lama"}, follow=True)
    assert "Pratinjaunya sudah berubah sejak halaman ini dibuka." in answer.content.decode()
    assert not Langkah.objects.filter(impor=waiting, jenis="terap").exists()
    answer = client.post(
        f"/impor/{waiting.pk}/putusan/", {"putusan": "setuju", "sidik": hidden(client, waiting)}
    )
    assert answer["Location"] == "/pekerjaan/"
    assert Langkah.objects.filter(impor=waiting, jenis="terap").exists()


def test_the_second_person_decides_on_numbers_alone(client, waiting, bu_rina):
    make_user("adi", "Adi Kepala", ("dinsos_kab", BANGKA_SELATAN))
    client.force_login(User.objects.get(username="adi"))
    assert "Putuskan impor yang diminta Rina Marlina" in text_of(client, "/pekerjaan/")
    page = text_of(client, f"/impor/{waiting.pk}/putusan/")
    assert "25,0 %" in page
    assert "Kanaria" not in page
    assert "KANARIA" not in page
    answer = client.post(
        f"/impor/{waiting.pk}/putusan/",
        {
            "putusan": "tolak",
            "alasan": "alamatnya keliru semua",
            "sidik": hidden(client, waiting),
        },
    )
    assert answer.status_code == 302
    client.force_login(bu_rina)
    page = text_of(client, f"/impor/{waiting.pk}/")
    assert "Tidak disetujui Adi Kepala. alamatnya keliru semua" in page
    assert "Terapkan" not in page.partition("Per wilayah")[0]


def test_what_is_refused_is_counted_in_rows_and_never_as_keluarga(rina, bu_rina):
    lost = person(8, **{"DESA/KELUARAHAN": "ENTAH DI MANA"})
    impor = upload([person(7), person(9, NAMA=""), lost], bu_rina)
    places = text_of(rina, f"/impor/{impor.pk}/").partition("Per wilayah")[2].partition("Yang berubah")[0]
    assert "ditolak" in places
    assert "Desa tidak dikenal" in places
    families = text_of(rina, f"/impor/{impor.pk}/?hitung=keluarga").partition("Per wilayah")[2]
    families = families.partition("Yang berubah")[0]
    assert "1 baru" in families
    assert "itolak" not in families
    assert "Desa tidak dikenal" not in families


def test_the_report_tells_how_many_were_marked_as_gone(rina, bu_rina):
    import_bytes(csv_bytes([*family(1), *family(2)]), bu_rina)
    impor = upload(family(1), bu_rina)
    keputusan.set_rules(impor_id=impor.pk, by=bu_rina, aturan=Aturan(hilang="keluar"))
    work(impor)
    apply(impor)
    assert "Ditandai keluar 1 keluarga yang tidak ada di berkas" in text_of(rina, f"/impor/{impor.pk}/")


def test_many_imports_that_wait_ask_no_more_than_one(waiting, pak_hasan, bu_rina, mbak_ayu):
    keputusan.to_decide(pak_hasan)
    with CaptureQueriesContext(connection) as one:
        assert keputusan.to_decide(pak_hasan) == [waiting]
    for owner in (bu_rina, mbak_ayu, bu_rina):
        Impor.objects.create(
            sumber=waiting.sumber,
            pemilik=owner,
            keadaan="menunggu_setuju",
            tinjauan=waiting.tinjauan,
            ukuran=1,
        )
    with CaptureQueriesContext(connection) as many:
        assert len(keputusan.to_decide(pak_hasan)) == 4
    assert len(many) == len(one)
    bu_rina.penugasan_list.update(diakhiri=timezone.now())
    assert {impor.pemilik for impor in keputusan.to_decide(pak_hasan)} == {mbak_ayu}


def test_the_importer_sees_who_is_asked_and_may_take_it_back(rina, waiting, pak_hasan):
    page = text_of(rina, f"/impor/{waiting.pk}/")
    assert "Menunggu persetujuan orang kedua." in page
    assert "Dapat diputuskan oleh Yusuf Hasan." in page
    rina.post(f"/impor/{waiting.pk}/tarik/")
    assert "Menunggu persetujuan" not in text_of(rina, f"/impor/{waiting.pk}/")


@pytest.mark.parametrize("who", ["bu_rina", "mbak_ayu", "bu_sri"])
def test_nobody_else_may_decide(client, waiting, request, who):
    client.force_login(request.getfixturevalue(who))
    answer = client.post(f"/impor/{waiting.pk}/putusan/", {"putusan": "setuju", "alasan": "boleh saja ini"})
    assert answer.status_code in {403, 404}
    waiting.refresh_from_db()
    assert waiting.keadaan == "menunggu_setuju"


def test_ones_own_preview_waits_in_the_inbox(rina, impor):
    assert "Terapkan atau buang DTKS November 2026" in text_of(rina, "/pekerjaan/")


def test_who_changed_the_data_since_is_said(rina, impor, bu_sri, pak_hasan):
    other = import_bytes(csv_bytes([person(9)]), pak_hasan)
    impor.tinjauan["sejak"] = [
        {"job": other.job_id, "oleh": pak_hasan.pk, "keluarga": 2, "anggota": 3},
        {"job": None, "oleh": bu_sri.pk, "keluarga": 1, "anggota": 0},
    ]
    impor.save()
    page = text_of(rina, f"/impor/{impor.pk}/")
    assert "impor DTKS Oktober 2026 oleh Yusuf Hasan (2 keluarga dan 3 orang)" in page
    assert "perubahan oleh Sri Wahyuni (1 keluarga)" in page


def test_since_names_who_took_an_import_back(rina, impor, bu_rina, pak_hasan):
    other = import_bytes(csv_bytes([person(9)]), bu_rina)
    for arah, words in (("urung", "pembatalan impor"), ("terap", "penerapan lagi impor")):
        job = take_back(other, pak_hasan, arah)
        impor.tinjauan["sejak"] = [{"job": job.pk, "oleh": pak_hasan.pk, "keluarga": 1, "anggota": 0}]
        impor.save()
        page = text_of(rina, f"/impor/{impor.pk}/")
        assert f"{words} DTKS Oktober 2026 oleh Yusuf Hasan (1 keluarga)" in page


def test_an_undone_import_says_when_and_by_whom_it_was_undone(rina, bu_rina, pak_hasan):
    one = import_bytes(csv_bytes([person(9)]), bu_rina)
    take_back(one, pak_hasan)
    heading = (
        rina.get(f"/impor/{one.pk}/").content.decode().partition('class="kepala"')[2].partition("aksi")[0]
    )
    assert "diurungkan" in heading
    assert "oleh Yusuf Hasan" in heading
    assert "oleh Rina Marlina" not in heading


def test_the_form_of_the_second_person_says_what_a_yes_does(client, waiting, pak_hasan):
    client.force_login(pak_hasan)
    page = text_of(client, f"/impor/{waiting.pk}/putusan/")
    assert "Setuju, langsung ditulis ke data keluarga" in page
    assert "berkas dibuat" not in page


def test_the_list_names_no_kind_that_not_every_file_is(rina, impor):
    page = text_of(rina, "/impor/")
    assert "Berkas yang pernah diunggah dari sumber mana pun" in page
    assert "Berkas DTKS" not in page


def test_rows_dropped_while_they_are_read_are_gone(rina, impor, monkeypatch):
    """The table was there when it was looked for; the sweeper was quicker than the question."""
    real = queries_rincian.Rows.page

    def swept_meanwhile(self, number):
        self.tables["tinjau"] = sql.Identifier("staging", "job_0_1_tinjau_anggota")
        return real(self, number)

    monkeypatch.setattr(queries_rincian.Rows, "page", swept_meanwhile)
    assert "Rincian tidak ada lagi" in text_of(rina, f"/impor/{impor.pk}/rincian/", 410)


def test_who_works_elsewhere_by_now_reads_no_row_of_an_old_preview(rina, impor, bu_rina, pak_hasan, client):
    bu_rina.penugasan_list.update(wilayah_id=BELITUNG_TIMUR)
    page = text_of(rina, f"/impor/{impor.pk}/rincian/?apa=keluarga&golongan=berubah", 410)
    assert "Bila wilayah tugas Anda berubah" in page
    client.force_login(pak_hasan)
    assert "JL. BARU 9" in rows(client, impor, "apa=keluarga&golongan=berubah")


def test_the_story_tells_what_people_decided(client, waiting, bu_rina, pak_hasan):
    client.force_login(bu_rina)
    client.post(f"/impor/{waiting.pk}/tarik/")
    waiting.refresh_from_db()
    keputusan.apply_reviewed(impor_id=waiting.pk, by=bu_rina, sidik=waiting.tinjauan["sidik"])
    keputusan.decide_import(
        impor_id=waiting.pk, by=pak_hasan, setuju=False, sidik=waiting.tinjauan["sidik"], alasan="belum dicek"
    )
    keputusan.set_rules(impor_id=waiting.pk, by=bu_rina, aturan=Aturan(utuh=True))
    work(waiting)
    keputusan.discard_import(impor_id=waiting.pk, by=bu_rina)
    story = (
        text_of(client, f"/impor/{waiting.pk}/").partition("Perjalanan impor ini")[2].partition("Sidik")[0]
    )
    told = [
        "Dibuang Rina Marlina",
        "Aturan diubah Rina Marlina",
        "Tidak disetujui orang kedua : belum dicek Yusuf Hasan",
        "Persetujuan orang kedua diminta Rina Marlina",
        "Permintaan persetujuan ditarik Rina Marlina",
        "Persetujuan orang kedua diminta Rina Marlina",
        "Diunggah",
    ]
    places = [story.find(line) for line in told]
    assert -1 not in places
    assert places[0] < places[1] < places[2] < places[3] < places[4] < story.rfind(told[5]) < places[6]
    assert re.search(r"Diunggah , [\d,]+\s(byte|kB) Rina Marlina, pukul \d\d\.\d\d", story)
