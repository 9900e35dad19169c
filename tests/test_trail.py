"""Who saw this family? The page, the letter to the person, and what the trail's page says in words."""

from __future__ import annotations

import io
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pypdf import PdfReader

from access.jejak import record_jejak
from access.models import Jejak, JejakIsi, User
from access.scope import Territory, set_territory, use_territory
from jobs.models import Ekspor, EksporIsi
from kpm.models import Anggota
from sentral.pdf import pdf_of
from sentral.trail import Subject
from tests.conftest import RIAS, SERDANG, everything, make_keluarga
from tests.test_keluarga_detail import make_impor

pytestmark = pytest.mark.django_db
NIK = "1903010107800001"


def trail(**conditions):
    """Lines of Jejak, which the app role reads only with the right to."""
    set_territory(Territory(jejak=True))
    return list(Jejak.objects.filter(**conditions))


def anggota_of(keluarga) -> list[int]:
    with everything():
        return list(Anggota.objects.filter(keluarga=keluarga).order_by("pk").values_list("pk", flat=True))


def look_at(client, user, path: str, **query):
    client.force_login(user)
    return client.get(path, query)


def rows_of(response) -> list[tuple[str, str]]:
    """(who, what) of the page's lines, without the reading of the page itself."""
    assert response.status_code == 200
    lines = response.context["line_list"]
    return [(line.siapa, line.apa) for line in lines if line.apa != "melihat jejak ini"]


def make_ekspor(owner, objek: str, ids: list[int], *, fetched: bool = True) -> Ekspor:
    """An export that held these rows, made and fetched once, with the lines that jobs.ekspor.actions writes."""
    ekspor = Ekspor.objects.create(
        jenis="keluarga",
        bentuk="csv",
        keadaan=Ekspor.Keadaan.KEDALUWARSA,
        pemilik=owner,
        cakupan=[RIAS],
        saringan="",
        alasan="penyaluran",
        baris=len(ids),
        orang=len(ids),
    )
    EksporIsi.objects.bulk_create([EksporIsi(ekspor=ekspor, objek=objek, ids=ids)])
    for tahap in ("dibuat", "diunduh") if fetched else ("dibuat",):
        record_jejak(
            user=owner,
            aksi="unduh",
            objek="ekspor",
            objek_id=ekspor.pk,
            alasan="menyiapkan penyaluran",
            rincian={"tahap": tahap},
        )
    return ekspor


@pytest.fixture
def looked_at(client, bu_sri, pak_tono, bu_rina, keluarga_rias, keluarga_serdang):
    """Bu Sri's list and page, Pak Tono's NIK, Bu Rina's export; and a bystander next door."""
    look_at(client, bu_sri, "/keluarga/")
    look_at(client, bu_sri, f"/keluarga/{keluarga_rias.pk}/")
    client.force_login(pak_tono)
    head = anggota_of(keluarga_rias)[0]
    form = f"/keluarga/{keluarga_rias.pk}/tampilkan/"
    client.get(form)
    client.post(
        form,
        {"yang": f"anggota-{head}", "alasan": "pengaduan", "sekali": str(uuid.uuid4())},
    )
    make_ekspor(bu_rina, "keluarga", [keluarga_rias.pk, 999])
    look_at(client, bu_rina, f"/keluarga/{keluarga_serdang.pk}/")
    return keluarga_rias


SEEN = {
    ("Sri Wahyuni", "melihat dalam daftar"),
    ("Sri Wahyuni", "membuka halaman keluarga"),
    ("Tono Subagyo", "membuka formulir NIK dan No. KK"),  # it names people
    ("Tono Subagyo", "membuka NIK"),
}


def test_everybody_who_saw_the_family_is_there_and_nobody_else(client, pak_hasan, looked_at):
    rows = rows_of(look_at(client, pak_hasan, f"/jejak/keluarga/{looked_at.pk}/"))
    pk = Ekspor.objects.get().pk
    exported = {("Rina Marlina", f"{act} ekspor {pk}") for act in ("membuat berkas", "mengunduh")}
    assert set(rows) == SEEN | exported


def test_page_says_as_what_where_and_why(client, pak_hasan, looked_at):
    page = look_at(client, pak_hasan, f"/jejak/keluarga/{looked_at.pk}/").content.decode()
    assert "TKSK, Kec. Toboali" in page
    assert "PSM, Desa Rias" in page
    assert "Menangani pengaduan" in page and "menyiapkan penyaluran" in page
    assert "keluarga Rosidi" in page


def test_peran_is_the_one_held_then(client, pak_hasan, pak_tono, looked_at):
    pak_tono.penugasan_list.update(selesai=timezone.localdate(), peran="psm")
    page = look_at(client, pak_hasan, f"/jejak/keluarga/{looked_at.pk}/").content.decode()
    assert "TKSK, Kec. Toboali" in page


def test_anggota_has_a_trail_of_its_own(client, pak_hasan, looked_at):
    head, wife, _ = anggota_of(looked_at)
    assert set(rows_of(look_at(client, pak_hasan, f"/jejak/anggota/{head}/"))) == SEEN
    assert set(rows_of(look_at(client, pak_hasan, f"/jejak/anggota/{wife}/"))) == {
        ("Sri Wahyuni", "membuka halaman keluarga"),
        ("Tono Subagyo", "membuka formulir NIK dan No. KK"),
    }


def test_search_and_import_are_named(client, bu_sri, pak_hasan, bu_rina, keluarga_rias):
    client.force_login(bu_sri)
    client.get(client.post("/keluarga/", {"cari": "rosidi"}).headers["Location"])
    impor = make_impor(bu_rina, "2026-11")
    record_jejak(user=bu_rina, aksi="impor", objek="impor", objek_id=impor.pk)
    with everything():
        type(keluarga_rias).objects.filter(pk=keluarga_rias.pk).update(job_ubah=impor.job)
    rows = rows_of(look_at(client, pak_hasan, f"/jejak/keluarga/{keluarga_rias.pk}/"))
    assert set(rows) == {
        ("Sri Wahyuni", "melihat dalam daftar, hasil pencarian menurut nama"),
        ("Rina Marlina", "memuat berkas yang memuat baris ini"),
    }


def test_auditor_sees_number_and_place_and_no_name(client, bu_wati, looked_at):
    response = look_at(client, bu_wati, f"/jejak/keluarga/{looked_at.pk}/")
    page = response.content.decode()
    assert {row for row in rows_of(response) if "ekspor" not in row[1]} == SEEN
    assert "Desa Rias" in page and f"keluarga {looked_at.pk}" in page
    for word in ("Rosidi", "ROSIDI", "Nurhayati", "JL. MAWAR", NIK, "surat.pdf"):
        assert word not in page


def test_auditor_cannot_tell_whether_a_row_exists(client, bu_wati, keluarga_rias):
    there = look_at(client, bu_wati, f"/jejak/keluarga/{keluarga_rias.pk}/")
    absent = look_at(client, bu_wati, "/jejak/keluarga/987654321/")
    assert there.status_code == absent.status_code == 200
    assert rows_of(there) == rows_of(absent) == []


def test_absent_row_is_a_404_for_the_province(client, pak_hasan):
    assert look_at(client, pak_hasan, "/jejak/keluarga/987654321/").status_code == 404
    assert look_at(client, pak_hasan, "/jejak/anggota/99999999999999999999/").status_code == 404


@pytest.mark.parametrize("person", ["bu_sri", "pak_tono", "bu_rina", "bu_lina", "pak_dedi", "orang_baru"])
def test_others_do_not_read_it(client, request, person, keluarga_rias):
    user = request.getfixturevalue(person)
    assert look_at(client, user, f"/jejak/keluarga/{keluarga_rias.pk}/").status_code == 403
    assert look_at(client, user, f"/jejak/keluarga/{keluarga_rias.pk}/surat.pdf").status_code == 403


def test_reading_the_trail_is_a_line_of_it(client, bu_wati, pak_hasan, looked_at):
    look_at(client, bu_wati, f"/jejak/keluarga/{looked_at.pk}/")
    response = look_at(client, pak_hasan, f"/jejak/keluarga/{looked_at.pk}/")
    readers = [line.siapa for line in response.context["line_list"] if line.apa == "melihat jejak ini"]
    assert sorted(readers) == ["Wati Auditor", "Yusuf Hasan"]


def test_dates_take_the_whole_day_and_are_checked(client, bu_wati, looked_at):
    path, today = f"/jejak/keluarga/{looked_at.pk}/", timezone.localdate()
    assert len(rows_of(look_at(client, bu_wati, path, dari=today.isoformat()))) == 6
    yesterday = (today - timedelta(days=1)).isoformat()
    assert rows_of(look_at(client, bu_wati, path, sampai=yesterday)) == []
    wrong = look_at(client, bu_wati, path, dari="2026-11-02", sampai="2026-11-01")
    assert wrong.status_code == 422
    assert "mendahului tanggal mulainya" in wrong.content.decode()
    assert look_at(client, bu_wati, path, dari="kemarin").status_code == 422


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "1999-12-31", "2101-01-01"])
@pytest.mark.parametrize("name", ["dari", "sampai"])
def test_years_nobody_means_get_a_sentence(client, pak_hasan, bu_wati, keluarga_rias, name, day):
    head, *_ = anggota_of(keluarga_rias)
    for path in (f"/jejak/keluarga/{keluarga_rias.pk}/", f"/jejak/anggota/{head}/"):
        wrong = look_at(client, pak_hasan, path, **{name: day})
        assert wrong.status_code == 422
        assert "antara tahun 2000 dan 2100" in wrong.content.decode()
        letter = look_at(client, pak_hasan, f"{path}surat.pdf", **{name: day})
        assert letter.headers["Location"] == f"{path}?{name}={day}"
    wrong = look_at(client, bu_wati, "/jejak/", **{name: day})
    assert wrong.status_code == 422
    assert "antara tahun 2000 dan 2100" in wrong.content.decode()


def test_a_number_typed_leads_to_its_trail(client, bu_wati, keluarga_rias):
    found = look_at(client, bu_wati, "/jejak/baris/", objek="keluarga", id=str(keluarga_rias.pk))
    assert found.headers["Location"] == f"/jejak/keluarga/{keluarga_rias.pk}/"
    wrong = look_at(client, bu_wati, "/jejak/baris/", objek="keluarga", id="dua")
    assert wrong.headers["Location"] == "/jejak/"
    assert "Tulis nomor barisnya dengan angka" in client.get("/jejak/").content.decode()


def test_pages_ask_as_much_for_many_lines_as_for_few(client, bu_wati, bu_sri, keluarga_rias):
    path = f"/jejak/keluarga/{keluarga_rias.pk}/"

    def record(times):
        for _ in range(times):
            record_jejak(user=bu_sri, aksi="lihat_orang", isi={"keluarga": [keluarga_rias.pk]})

    record(2)
    client.force_login(bu_wati)
    with CaptureQueriesContext(connection) as few:
        client.get(path)
    record(60)
    with CaptureQueriesContext(connection) as many:
        page = client.get(path)
    assert len(page.context["line_list"]) == 50
    assert len(many) == len(few)


def test_new_kinds_stand_in_words_on_the_page_of_the_trail(client, bu_wati, looked_at):
    page = look_at(client, bu_wati, "/jejak/").content.decode()
    assert "melihat daftar orang" in page and "1 keluarga, halaman 1" in page
    assert "membuka NIK atau No. KK" in page
    assert f'href="/jejak/keluarga/{looked_at.pk}/"' in page


def test_page_of_the_family_leads_to_its_trail_for_the_province_only(
    client, pak_hasan, bu_rina, keluarga_rias
):
    link = f'href="/jejak/keluarga/{keluarga_rias.pk}/"'
    assert link in look_at(client, pak_hasan, f"/keluarga/{keluarga_rias.pk}/").content.decode()
    assert link not in look_at(client, bu_rina, f"/keluarga/{keluarga_rias.pk}/").content.decode()


# --- the letter ------------------------------------------------------------------------------------


def text_of(response) -> str:
    assert response.headers["Content-Type"] == "application/pdf"
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(response.content)).pages)


def test_letter_lists_who_when_what_and_why(client, pak_hasan, bu_sri, looked_at):
    for _ in range(3):
        look_at(client, bu_sri, f"/keluarga/{looked_at.pk}/")
    User.objects.update(telepon="081234567890")
    response = look_at(client, pak_hasan, f"/jejak/keluarga/{looked_at.pk}/surat.pdf")
    text = " ".join(text_of(response).split())
    assert "Jawaban atas permintaan akses data pribadi" in text
    assert "Rosidi" in text and "Desa Rias" in text
    assert "Sri Wahyuni" in text and "membuka halaman keluarga, 4 kali" in text
    assert "membuka NIK" in text and "Menangani pengaduan" in text
    for hidden in ("081234567890", "127.0.0.1", NIK, "Nurhayati"):
        assert hidden not in text
    assert response.headers["Cache-Control"] == "no-store"
    (line,) = trail(aksi="unduh", objek="keluarga")
    assert (line.pengguna_id, line.wilayah_id) == (pak_hasan.pk, RIAS)


def test_letter_is_for_the_province_to_write(client, pak_yusuf, keluarga_rias):
    assert look_at(client, pak_yusuf, f"/jejak/keluarga/{keluarga_rias.pk}/surat.pdf").status_code == 403


def test_letter_of_one_anggota_names_that_one(client, pak_hasan, looked_at):
    _, wife, _ = anggota_of(looked_at)
    text = " ".join(text_of(look_at(client, pak_hasan, f"/jejak/anggota/{wife}/surat.pdf")).split())
    assert "Nurhayati" in text
    assert "membuka NIK" not in text


def test_letter_fetches_nothing(tmp_path, settings):
    """An address in a field could otherwise read a file of the server or knock at another one."""
    from weasyprint.urls import FatalURLFetchingError

    (tmp_path / "surat.html").write_text('<img src="file:///etc/hostname">')
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [tmp_path]}]
    with pytest.raises(FatalURLFetchingError):
        pdf_of("surat.html", {})


def test_no_citizen_is_named_in_what_the_lines_keep(client, looked_at):
    written = " ".join(f"{j.objek} {j.objek_id} {j.alasan} {j.rincian}" for j in trail())
    for word in ("ROSIDI", "Rosidi", NIK, looked_at.no_kk):
        assert word not in written
    assert JejakIsi.objects.exclude(objek__in=["keluarga", "anggota"]).count() == 0


def test_bystander_has_only_her_own_lines(client, pak_hasan, looked_at, keluarga_serdang, sumber):
    other = make_keluarga(sumber, SERDANG, 8, "TIDAK DILIHAT")
    assert rows_of(look_at(client, pak_hasan, f"/jejak/keluarga/{other.pk}/")) == []
    assert rows_of(look_at(client, pak_hasan, f"/jejak/keluarga/{keluarga_serdang.pk}/")) == [
        ("Rina Marlina", "membuka halaman keluarga")
    ]


def test_lines_of_a_row_come_from_an_index(looked_at, bu_wati):
    """Behind the policy of Jejak an array would be searched row by row: its index stands on a table beside it."""
    sql, params = Subject("keluarga", looked_at.pk).keys().query.sql_with_params()
    with use_territory(bu_wati), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {sql}", params)
        plan = "\n".join(line for (line,) in cursor.fetchall())
        # In so small a table the key's own index will do as well: leave only what answers @>.
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute("SET LOCAL enable_indexscan = off")
        cursor.execute("SET LOCAL enable_indexonlyscan = off")
        cursor.execute(f"EXPLAIN {sql}", params)
        narrow = "\n".join(line for (line,) in cursor.fetchall())
    assert "Seq Scan on access_jejak" not in plan
    assert "Index Scan on jejakisi_ids" in narrow
