"""Pages of accounts: who sees whom, the gaps, one person, a new password shown once, the end of duty."""

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl
import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access.models import Jejak, Penugasan, User
from sentral.akun.models import Slip
from tests.conftest import (
    BANGKA_SELATAN,
    BELITUNG_TIMUR,
    LALANG_JAYA,
    PASSWORD,
    RIAS,
    SERDANG,
    TOBOALI,
    everything,
    make_user,
)

pytestmark = pytest.mark.django_db
PAGE = "/akun/daftar/"


@pytest.fixture(autouse=True)
def data_dir(tmp_path, settings):
    settings.DATA_DIR = tmp_path / "data"


@pytest.fixture
def bu_nur(db):
    """The bystander: PSM in Belitung Timur."""
    return make_user("nur", "Nur Bangsawan", ("psm", LALANG_JAYA), telepon="081277777777")


def page(client, by, address=PAGE) -> str:
    client.force_login(by)
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


# --- who sees whom ---------------------------------------------------------------------------------


def test_a_tksk_sees_his_kecamatan(client, pak_tono, bu_sri, pak_budi, bu_nur, bu_rina):
    html = page(client, pak_tono)
    assert "Sri Wahyuni" in html
    assert "Budi Santoso" in html
    assert "Nur Bangsawan" not in html
    assert "Rina Marlina" not in html  # above him
    assert "Akun baru" not in html


def test_dinsos_kab_sees_its_kabupaten(client, bu_rina, pak_tono, bu_sri, bu_nur, mbak_ayu, pak_yusuf):
    html = page(client, bu_rina)
    assert "Tono Subagyo" in html
    assert "Rina Marlina" in html.split("Petugas tingkat")[1]
    for foreign in ("Nur Bangsawan", "Ayu Lestari", "Yusuf Admin"):
        assert foreign not in html
    assert "Sri Wahyuni" in page(client, bu_rina, f"{PAGE}?wilayah={TOBOALI}")
    assert "Sri Wahyuni" in page(client, bu_rina, f"{PAGE}?wilayah={RIAS}")


@pytest.mark.parametrize("who", ["bu_wati", "pak_yusuf", "pak_hasan"])
def test_the_province_sees_all(client, request, who, bu_nur, bu_sri):
    by = request.getfixturevalue(who)
    assert "Bangka Selatan" in page(client, by)
    assert "Nur Bangsawan" in page(client, by, f"{PAGE}?wilayah={LALANG_JAYA[:6]}")
    assert "Sri Wahyuni" in page(client, by, f"{PAGE}?peran=psm")


@pytest.mark.parametrize("kode", [BELITUNG_TIMUR, LALANG_JAYA, "19", "9999", "abc", "' OR 1=1"])
def test_a_wilayah_outside_is_not_there(client, bu_rina, kode):
    client.force_login(bu_rina)
    assert client.get(PAGE, {"wilayah": kode}).status_code == 404
    assert client.get(f"{PAGE}unduh.xlsx", {"wilayah": kode}).status_code == 404


def test_a_tksk_of_two_kecamatan_sees_both(client, pak_tono, bu_sri):
    Penugasan.objects.create(user=pak_tono, peran="tksk", wilayah_id="190302", mulai=timezone.localdate())
    html = page(client, pak_tono)
    assert f"?wilayah={TOBOALI}" in html
    assert "?wilayah=190302" in html


@pytest.mark.parametrize("person", ["bu_nur", "mbak_ayu", "pak_yusuf"])
def test_a_person_outside_is_not_there(client, request, bu_rina, person):
    user = request.getfixturevalue(person)
    client.force_login(bu_rina)
    tugas = user.penugasan_list.get()
    for address in (
        f"{PAGE}orang/{user.pk}/",
        f"{PAGE}orang/{user.pk}/sandi/",
        f"{PAGE}penugasan/{tugas.pk}/akhiri/",
    ):
        assert client.get(address).status_code == 404
        assert client.post(address).status_code in {404, 405}
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert tugas in user.penugasan_list.in_force()


def test_the_bar_leads_there_for_those_who_may(client, bu_rina, bu_sri, bu_wati):
    assert 'href="/akun/daftar/"' in page(client, bu_rina, "/")
    assert 'href="/akun/daftar/"' in page(client, bu_wati, "/")
    assert 'href="/akun/daftar/"' not in page(client, bu_sri, "/")


# --- numbers and gaps ------------------------------------------------------------------------------


@pytest.fixture
def gaps(bu_rina, pak_tono, bu_sri, pak_budi, bu_nur):
    """Bu Sri ends soon, Pak Budi has logged in, somebody in Serdang has not begun."""
    soon = timezone.localdate() + timedelta(days=10)
    Penugasan.objects.filter(user=bu_sri).update(selesai=soon)
    User.objects.filter(pk=pak_budi.pk).update(last_login=timezone.now())
    make_user("eko", "Eko Nanti").penugasan_list.create(peran="psm", wilayah_id=SERDANG, mulai=soon)
    past = make_user("lama", "Lama Sekali")
    past.penugasan_list.create(
        peran="psm", wilayah_id=RIAS, mulai=soon - timedelta(days=99), selesai=soon - timedelta(days=50)
    )


def rows(client, by, gap) -> str:
    return page(client, by, f"{PAGE}?celah={gap}").split("</form>", 2)[-1]


def test_gaps_lead_to_exactly_their_rows(client, gaps, bu_rina):
    html = rows(client, bu_rina, "tanpa_psm")
    assert "Desa Serdang" in html
    assert "Desa Rias" not in html
    assert "Lalang Jaya" not in html
    html = rows(client, bu_rina, "tanpa_tksk")
    assert "Kec. Lepar" in html
    assert "Kec. Toboali<" not in html
    html = rows(client, bu_rina, "berakhir")
    assert "Sri Wahyuni" in html
    assert "Budi" not in html
    html = rows(client, bu_rina, "belum_masuk")
    assert "Sri Wahyuni" in html
    assert "Budi Santoso" not in html
    html = rows(client, bu_rina, "tanpa_penugasan")
    assert "Lama Sekali" in html
    assert "Sri Wahyuni" not in html


def test_numbers_are_counted_with_what_they_rest_on(client, gaps, bu_rina):
    client.force_login(bu_rina)
    numbers = {n["label"]: n for n in client.get(f"{PAGE}?wilayah={TOBOALI}").context["angka_list"]}
    villages = len(client.get(f"{PAGE}?wilayah={TOBOALI}").context["isi"].parts)
    assert numbers["Desa tanpa PSM"]["nilai"] == str(villages - 1)
    assert numbers["Desa tanpa PSM"]["ket"] == f"dari {villages}"
    assert numbers["Kecamatan tanpa TKSK"]["nilai"] == "0"
    assert numbers["Berakhir dalam 30 hari"]["nilai"] == "1"
    assert numbers["Akun tanpa penugasan"]["nilai"] == "1"


def test_accounts_of_elsewhere_without_penugasan_are_not_shown(
    client, bu_rina, pak_hasan, orang_baru, bu_nur
):
    Penugasan.objects.filter(user=bu_nur).update(selesai=timezone.localdate() - timedelta(days=1))
    html = page(client, bu_rina, f"{PAGE}?celah=tanpa_penugasan")
    assert "Nur Bangsawan" not in html
    assert "Orang Baru" not in html
    html = page(client, pak_hasan, f"{PAGE}?celah=tanpa_penugasan")
    assert "Nur Bangsawan" in html
    assert "Orang Baru" in html


def test_a_name_is_searched_by_post_and_only_at_home(client, bu_rina, bu_sri, bu_nur):
    client.force_login(bu_rina)
    html = client.post(PAGE, {"cari": "wahyu"}).content.decode()
    assert "Sri Wahyuni" in html
    html = client.post(PAGE, {"cari": "bangsawan"}).content.decode()
    assert "Tidak ada akun yang cocok" in html
    assert "Tidak ada akun yang cocok" in client.post(PAGE, {"cari": "0812777"}).content.decode()
    assert "terlalu pendek" in client.post(PAGE, {"cari": "s"}).content.decode()
    assert client.post(PAGE, {"cari": "", "peran": "psm"}).url == f"{PAGE}?wilayah={BANGKA_SELATAN}&peran=psm"


@pytest.mark.parametrize("kode", ["19\x00", f"{RIAS}\x00", "\x00", "١٩"])
def test_a_wilayah_that_is_no_code_is_not_there(client, pak_hasan, kode):
    client.force_login(pak_hasan)
    assert client.get(PAGE, {"wilayah": kode}).status_code == 404
    assert client.post(PAGE, {"wilayah": kode, "cari": "sri"}).status_code == 404
    assert client.get(f"{PAGE}unduh.xlsx", {"wilayah": kode}).status_code == 404


def test_what_no_key_types_is_no_part_of_a_name(client, bu_rina, bu_sri):
    client.force_login(bu_rina)
    response = client.post(PAGE, {"cari": "wahyu\x00"})
    assert response.status_code == 200
    assert "Sri Wahyuni" in response.content.decode()
    assert client.post(PAGE, {"cari": "\x00\x07", "peran": "psm\x00"}).status_code == 302
    assert client.get(PAGE, {"peran": "\x00", "celah": "\x00", "halaman": "\x00"}).status_code == 200
    assert client.get(f"{PAGE}unduh.xlsx", {"peran": "\x00"}).status_code == 200


def test_as_many_queries_for_two_people_as_for_two_hundred(client, pak_hasan):
    client.force_login(pak_hasan)
    addresses = [PAGE, f"{PAGE}?wilayah={TOBOALI}", f"{PAGE}?peran=psm", f"{PAGE}unduh.xlsx"]

    def counts():
        found = []
        for address in addresses:
            with CaptureQueriesContext(
                connection,
            ) as captured:
                client.get(address)
            found.append(len(captured))
        return found

    make_user("satu", "Satu", ("psm", RIAS))
    few = counts()
    users = User.objects.bulk_create(User(username=f"p{n}", nama=f"Petugas {n}") for n in range(200))
    Penugasan.objects.bulk_create(
        Penugasan(user=user, peran="psm", wilayah_id=(RIAS, SERDANG, LALANG_JAYA)[n % 3])
        for n, user in enumerate(users)
    )
    assert counts() == few


# --- the workbook ----------------------------------------------------------------------------------


def test_the_workbook_holds_own_people_as_harmless_text(client, bu_rina, bu_sri, bu_nur):
    User.objects.filter(pk=bu_sri.pk).update(nama="=cmd|' /C calc'!A0")
    client.force_login(bu_rina)
    response = client.get(f"{PAGE}unduh.xlsx")
    assert "no-store" in response["Cache-Control"]
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
    cells = {cell.value: cell.data_type for row in sheet.iter_rows() for cell in row}
    assert cells["=cmd|' /C calc'!A0"] == "s"
    assert "Nur Bangsawan" not in cells
    with everything():
        line = Jejak.objects.get(aksi="unduh", objek="akun")
    assert (line.pengguna, line.wilayah_id, line.rincian) == (bu_rina, BANGKA_SELATAN, {"jumlah": 2})


# --- one account -----------------------------------------------------------------------------------


def form(**changed):
    today = timezone.localdate()
    return {
        "nama": "Siti Aminah",
        "telepon": "081200000001",
        "peran": "psm",
        "wilayah": RIAS,
        "mulai": today.isoformat(),
        "selesai": "",
    } | changed


def shown_password(response) -> str:
    return response.context["baru"].sandi


def test_one_account_is_made_and_its_password_shown_once(client, bu_rina):
    client.force_login(bu_rina)
    response = client.post(f"{PAGE}baru/", form())
    user = User.objects.get(username="siti.aminah")
    assert user.check_password(shown_password(response))
    assert shown_password(response) in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    slip = Slip.objects.get(untuk=user)
    assert f"{PAGE}slip/{slip.pk}.pdf" in response.content.decode()
    assert b"".join(client.get(f"{PAGE}slip/{slip.pk}.pdf").streaming_content).startswith(b"%PDF")
    assert shown_password(response) not in client.get(f"{PAGE}orang/{user.pk}/").content.decode()
    assert all(shown_password(response) not in str(s.get_decoded()) for s in Session.objects.all())


def test_a_double_click_makes_one_account_and_the_slip_stays_within_reach(client, bu_rina):
    client.force_login(bu_rina)
    client.post(f"{PAGE}baru/", form())
    again = client.post(f"{PAGE}baru/", form())
    assert again.status_code == 422
    assert "sudah punya akun dan penugasan yang sama" in again.content.decode()
    user = User.objects.get(nama="Siti Aminah")
    assert f"{PAGE}slip/" in client.get(f"{PAGE}orang/{user.pk}/").content.decode()


def test_somebody_known_gets_a_further_penugasan_and_keeps_his_password(client, bu_rina, bu_sri):
    User.objects.filter(pk=bu_sri.pk).update(telepon="081200000001")
    client.force_login(bu_rina)
    response = client.post(f"{PAGE}baru/", form(nama="Sri Wahyuni", wilayah=SERDANG), follow=True)
    assert "mendapat penugasan baru" in response.content.decode()
    bu_sri.refresh_from_db()
    assert bu_sri.check_password(PASSWORD)
    assert bu_sri.penugasan_list.count() == 2


@pytest.mark.parametrize(
    "changed",
    [
        {"peran": "admin", "wilayah": "19"},
        {"peran": "dinsos_prov", "wilayah": "19"},
        {"peran": "dinsos_kab", "wilayah": BANGKA_SELATAN},
        {"wilayah": LALANG_JAYA},
        {"peran": "tksk", "wilayah": "190601"},
        {"peran": "psm", "wilayah": TOBOALI},
        {"peran": "tksk", "wilayah": RIAS},
        {"peran": "raja"},
        {"wilayah": "x"},
        {"nama": ""},
        {"nama": "123"},
        {"telepon": "1"},
        {"mulai": "kemarin"},
        {"selesai": "2020-01-01"},
    ],
)
def test_what_may_not_be_given_is_refused_by_the_form(client, bu_rina, changed):
    client.force_login(bu_rina)
    before = User.objects.count()
    response = client.post(f"{PAGE}baru/", form(**changed))
    assert response.status_code == 422
    assert "salah" in response.content.decode()
    assert User.objects.count() == before


@pytest.mark.parametrize("who", ["pak_tono", "bu_sri", "bu_wati", "bu_lina", "orang_baru"])
def test_who_may_not_make_accounts_makes_none(client, request, who):
    client.force_login(request.getfixturevalue(who))
    before = User.objects.count()
    assert client.post(f"{PAGE}baru/", form()).status_code == 403
    assert client.post(f"{PAGE}unggah/").status_code == 403
    assert User.objects.count() == before


# --- a new password --------------------------------------------------------------------------------


def test_a_tksk_gives_a_psm_a_new_password(client, pak_tono, bu_sri):
    phone = Client()
    phone.post("/akun/login/", {"login": "sri", "password": PASSWORD})
    client.force_login(pak_tono)
    address = f"{PAGE}orang/{bu_sri.pk}/sandi/"
    assert "Buat kata sandi baru untuk Sri Wahyuni?" in client.get(address).content.decode()
    bu_sri.refresh_from_db()
    assert bu_sri.check_password(PASSWORD)
    response = client.post(address, {"terakhir": client.get(address).context["terakhir"]})
    assert "no-store" in response["Cache-Control"]
    password = shown_password(response)
    bu_sri.refresh_from_db()
    assert bu_sri.check_password(password)
    assert phone.get("/").status_code == 302
    phone.post("/akun/login/", {"login": "sri", "password": password})
    assert phone.get("/").url == "/akun/password/change/"
    slip = Slip.objects.get(untuk=bu_sri)
    assert b"".join(client.get(f"{PAGE}slip/{slip.pk}.pdf").streaming_content).startswith(b"%PDF")


def test_a_second_reset_makes_the_first_slip_void(client, pak_tono, bu_sri):
    client.force_login(pak_tono)
    address = f"{PAGE}orang/{bu_sri.pk}/sandi/"
    client.post(address, {"terakhir": 0})
    first = Slip.objects.get()
    assert f'name="terakhir" value="{first.pk}"' in client.get(address).content.decode()
    client.post(address, {"terakhir": first.pk})
    assert client.get(f"{PAGE}slip/{first.pk}.pdf").status_code == 404
    assert Slip.objects.of(pak_tono).count() == 1


@pytest.mark.parametrize("again", [{"terakhir": 0}, {}, {"terakhir": "\x00"}])
def test_the_same_form_again_leaves_the_password_that_was_shown(client, pak_tono, bu_sri, again):
    client.force_login(pak_tono)
    address = f"{PAGE}orang/{bu_sri.pk}/sandi/"
    password = shown_password(client.post(address, {"terakhir": 0}))
    response = client.post(address, again, follow=True)
    assert "Kata sandi baru saja dibuat" in response.content.decode()
    bu_sri.refresh_from_db()
    assert bu_sri.check_password(password)
    assert Slip.objects.of(pak_tono).count() == 1


@pytest.mark.parametrize(("who", "person"), [("pak_tono", "pak_tono"), ("bu_wati", "bu_sri")])
def test_a_new_password_is_refused_with_a_reason(client, request, who, person):
    user = request.getfixturevalue(person)
    client.force_login(request.getfixturevalue(who))
    assert client.get(f"{PAGE}orang/{user.pk}/sandi/").status_code == 403
    assert client.post(f"{PAGE}orang/{user.pk}/sandi/").status_code == 403
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_the_auditor_reads_and_changes_nothing(client, bu_wati, bu_sri):
    html = page(client, bu_wati, f"{PAGE}orang/{bu_sri.pk}/")
    assert "Sri Wahyuni" in html
    assert "Kata sandi baru" not in html
    assert "Akhiri" not in html
    assert client.post(f"{PAGE}penugasan/{bu_sri.penugasan_list.get().pk}/akhiri/").status_code == 403


def test_a_change_of_rights_keeps_the_address_it_came_from(client, bu_rina, bu_sri):
    client.force_login(bu_rina)
    with everything():
        before = list(Jejak.objects.values_list("pk", flat=True))
    client.post(f"{PAGE}orang/{bu_sri.pk}/sandi/", {"terakhir": 0}, REMOTE_ADDR="10.2.0.1")
    penugasan = bu_sri.penugasan_list.get()
    client.post(f"{PAGE}penugasan/{penugasan.pk}/akhiri/", REMOTE_ADDR="10.2.0.2")
    client.post(f"{PAGE}baru/", form(), REMOTE_ADDR="10.2.0.3")
    with everything():
        lines = Jejak.objects.exclude(pk__in=before).filter(aksi="ubah_hak")
        found = set(lines.values_list("alasan", "alamat"))
    assert found == {
        ("kata sandi baru", "10.2.0.1"),
        ("diakhiri", "10.2.0.2"),
        ("akun baru", "10.2.0.3"),
        ("", "10.2.0.3"),
    }


# --- the end of duty -------------------------------------------------------------------------------


def test_the_end_is_asked_first_and_then_at_once(client, bu_rina, bu_sri, pak_budi):
    phone = Client()
    phone.post("/akun/login/", {"login": "sri", "password": PASSWORD})
    penugasan = bu_sri.penugasan_list.get()
    address = f"{PAGE}penugasan/{penugasan.pk}/akhiri/"
    client.force_login(bu_rina)
    assert "keluar sekarang juga" in client.get(address).content.decode()
    assert phone.get(f"/wilayah/{RIAS}/").status_code == 200
    response = client.post(address, follow=True)
    assert "sudah diakhiri" in response.content.decode()
    assert phone.get(f"/wilayah/{RIAS}/").status_code == 302
    assert pak_budi.penugasan_list.in_force().exists()
    client.post(address)
    with everything():
        assert Jejak.objects.filter(alasan="diakhiri").count() == 1


def test_a_penugasan_outside_is_counted_but_not_named(client, pak_tono, bu_sri):
    Penugasan.objects.create(user=bu_sri, peran="psm", wilayah_id=LALANG_JAYA, mulai=timezone.localdate())
    html = page(client, pak_tono, f"{PAGE}orang/{bu_sri.pk}/")
    assert "1 penugasan di luar wilayah Anda" in html
    assert "Lalang Jaya" not in html
    assert "Kata sandi baru" not in html
