"""First passwords: made, forced to be changed, replaced, run out; and the end of duty."""

from __future__ import annotations

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from access.actions import (
    Refused,
    add_penugasan,
    create_account,
    end_idle_sessions,
    end_penugasan,
    remove_factor,
    reset_sandi,
    save_user,
)
from access.models import Jejak, Penugasan, User
from access.names import free_username, username_base
from access.passwords import entropy_bits, invent_password, words
from spatial.models import Wilayah
from tests.conftest import (
    BANGKA_SELATAN,
    LALANG_JAYA,
    PASSWORD,
    PROVINSI,
    RIAS,
    SERDANG,
    TOBOALI,
    everything,
    make_user,
)

pytestmark = pytest.mark.django_db
CHANGE = "/akun/password/change/"
FIRST = "kapur-melati-ombak-48213"
OWN = "perahu-biru-di-teluk-9"


def place(kode: str) -> Wilayah:
    return Wilayah.objects.get(kode=kode)


def new_account(by, peran="psm", kode=RIAS, nama="Siti Aminah", **fields) -> User:
    given = {
        "nama": nama,
        "telepon": "081200000001",
        "peran": peran,
        "wilayah": place(kode),
        "mulai": timezone.localdate(),
        "selesai": None,
        "sandi_hash": make_password(FIRST),
        "sandi_sampai": timezone.now() + timedelta(days=30),
        "by": by,
    }
    return create_account(**given | fields).user


def logged_in(login: str, password: str = PASSWORD) -> Client:
    client = Client()
    client.post("/akun/login/", {"login": login, "password": password})
    return client


def is_in(client: Client) -> bool:
    return client.get("/").status_code == 200


# --- making ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("nama", "username"),
    [
        ("Sri Wahyuni", "sri.wahyuni"),
        ("Hj. Sri Wahyuni, S.Pd", "sri.wahyuni"),
        ("H. Ahmad bin Yusuf", "ahmad.yusuf"),
        ("Drs. H. Abdul Karim S.Pd", "abdul.karim"),
        ("Hj.Sri Wahyuni", "sri.wahyuni"),
        ("Muhammad Nur Hidayat", "muhammad.hidayat"),
        ("Hartati", "hartati"),
        ("Ny. Ana'ïs Ma’ruf", "anais.maruf"),
        ("李", "petugas"),
    ],
)
def test_user_names_come_from_names_without_titles(nama, username):
    assert username_base(nama) == username


def test_a_taken_user_name_gets_a_number():
    assert free_username("Sri Wahyuni", {"sri.wahyuni", "sri.wahyuni2"}) == "sri.wahyuni3"


def test_first_passwords_are_strong_and_differ():
    made = {invent_password() for _ in range(200)}
    assert len(made) == 200
    assert entropy_bits() >= 45
    assert all(3 <= len(word) <= 8 for word in words())


def test_first_password_is_not_ones_own_name(monkeypatch):
    drawn = iter(["sri", "wahyuni", "sri", "kapur", "melati", "ombak"])
    monkeypatch.setattr("access.passwords.secrets.choice", lambda words: next(drawn))
    monkeypatch.setattr("access.passwords.secrets.randbelow", lambda top: 38213)
    assert invent_password(User(username="sri-wahyuni-sri-48213", nama="Sri")) == FIRST


def test_dinsos_kab_makes_a_psm(bu_rina):
    user = new_account(bu_rina)
    assert user.username == "siti.aminah"
    assert user.harus_ganti_sandi
    assert user.penugasan_list.get().wilayah_id == RIAS
    assert new_account(bu_rina).username == "siti.aminah2"
    with everything():
        lines = Jejak.objects.filter(pengguna=bu_rina, aksi="ubah_hak")
        assert lines.count() == 4
        assert "Siti" not in str(list(lines.values_list("rincian", "alasan")))


@pytest.mark.parametrize(
    ("who", "peran", "kode"),
    [
        ("bu_rina", "admin", PROVINSI),
        ("bu_rina", "dinsos_prov", PROVINSI),
        ("bu_rina", "dinsos_kab", BANGKA_SELATAN),
        ("bu_rina", "psm", LALANG_JAYA),
        ("bu_rina", "tksk", "190601"),
        ("bu_rina", "psm", TOBOALI),
        ("bu_rina", "tksk", RIAS),
        ("pak_hasan", "admin", PROVINSI),
        ("pak_hasan", "auditor", PROVINSI),
        ("pak_hasan", "dukcapil", PROVINSI),
        ("pak_hasan", "pimpinan", PROVINSI),
        ("pak_hasan", "dinsos_prov", PROVINSI),
        ("pak_tono", "psm", RIAS),
        ("bu_sri", "psm", RIAS),
        ("bu_wati", "psm", RIAS),
        ("orang_baru", "psm", RIAS),
    ],
)
def test_nobody_gives_what_he_may_not(request, who, peran, kode):
    by = request.getfixturevalue(who)
    before = User.objects.count()
    with pytest.raises(Refused):
        new_account(by, peran=peran, kode=kode)
    assert User.objects.count() == before


def test_the_admin_makes_an_auditor(pak_yusuf):
    assert new_account(pak_yusuf, peran="auditor", kode=PROVINSI).penugasan_list.get().peran == "auditor"


def test_a_further_penugasan_goes_to_own_people_only(bu_rina, mbak_ayu, bu_sri):
    asked = {
        "user": bu_sri,
        "peran": "psm",
        "mulai": timezone.localdate(),
        "selesai": None,
    }
    add_penugasan(**asked, wilayah=place(SERDANG), by=bu_rina)
    assert bu_sri.penugasan_list.count() == 2
    with pytest.raises(Refused):
        add_penugasan(**asked, wilayah=place(LALANG_JAYA), by=mbak_ayu)
    assert bu_sri.penugasan_list.count() == 2


def test_a_former_officer_is_taken_on_by_who_had_him_or_stands_above(bu_rina, mbak_ayu, pak_hasan, bu_sri):
    """Whoever gives a penugasan may then make a new password: nobody takes over another kabupaten's account."""
    yesterday = timezone.localdate() - timedelta(days=1)
    Penugasan.objects.filter(user=bu_sri).update(selesai=yesterday)
    asked = {"user": bu_sri, "peran": "psm", "mulai": timezone.localdate(), "selesai": None}
    with pytest.raises(Refused):
        add_penugasan(**asked, wilayah=place(LALANG_JAYA), by=mbak_ayu)
    assert not bu_sri.penugasan_list.in_force().exists()
    add_penugasan(**asked, wilayah=place(SERDANG), by=bu_rina)
    Penugasan.objects.filter(user=bu_sri).update(mulai=yesterday, selesai=yesterday)
    add_penugasan(**asked, wilayah=place(LALANG_JAYA), by=pak_hasan)


def test_of_two_penugasan_that_ended_together_both_must_be_ones_own(bu_rina, mbak_ayu, bu_sri):
    yesterday = timezone.localdate() - timedelta(days=1)
    Penugasan.objects.create(user=bu_sri, peran="psm", wilayah_id=LALANG_JAYA, mulai=yesterday)
    Penugasan.objects.filter(user=bu_sri).update(selesai=yesterday)
    asked = {"user": bu_sri, "peran": "psm", "mulai": timezone.localdate(), "selesai": None}
    for by, kode in ((bu_rina, SERDANG), (mbak_ayu, LALANG_JAYA)):
        with pytest.raises(Refused):
            add_penugasan(**asked, wilayah=place(kode), by=by)


def test_an_account_that_never_had_a_penugasan_gets_one_from_an_admin(bu_rina, pak_yusuf, orang_baru):
    asked = {"user": orang_baru, "peran": "psm", "wilayah": place(RIAS), "mulai": timezone.localdate()}
    with pytest.raises(Refused):
        add_penugasan(**asked, selesai=None, by=bu_rina)
    add_penugasan(**asked, selesai=None, by=pak_yusuf)


def test_changes_of_rights_say_from_which_address(bu_rina, pak_yusuf, bu_sri):
    today = timezone.localdate()
    until = timezone.now() + timedelta(days=30)
    before = set(jejak_pks())
    new_account(bu_rina, alamat="10.1.0.1")
    post = {"peran": "psm", "wilayah": place(SERDANG), "mulai": today, "selesai": None}
    penugasan = add_penugasan(user=bu_sri, by=bu_rina, alamat="10.1.0.2", **post)
    end_penugasan(penugasan=penugasan, by=bu_rina, alamat="10.1.0.3")
    hashed = make_password(FIRST)
    reset_sandi(user=bu_sri, sandi_hash=hashed, sandi_sampai=until, by=bu_rina, alamat="10.1.0.4")
    save_user(user=bu_sri, by=pak_yusuf, changed=["is_active"], alamat="10.1.0.5")
    with everything():
        lines = Jejak.objects.exclude(pk__in=before)
        found = sorted(lines.values_list("alamat", flat=True))
    assert found == ["10.1.0.1", "10.1.0.1", "10.1.0.2", "10.1.0.3", "10.1.0.4", "10.1.0.5"]


def jejak_pks() -> list:
    with everything():
        return list(Jejak.objects.values_list("pk", flat=True))


def test_nobody_gives_himself_anything(pak_yusuf):
    asked = {"peran": "auditor", "wilayah": place(PROVINSI), "mulai": timezone.localdate(), "selesai": None}
    with pytest.raises(Refused):
        add_penugasan(user=pak_yusuf, by=pak_yusuf, **asked)
    assert pak_yusuf.penugasan_list.count() == 1


# --- first log-in ----------------------------------------------------------------------------------


def test_first_log_in_leads_to_the_change_and_nowhere_else(bu_rina):
    new_account(bu_rina)
    client = logged_in("siti.aminah", FIRST)
    for path in ("/", "/keluarga/", "/peta/", "/pekerjaan/", "/akun/daftar/", "/wilayah/cari/?q=rias"):
        assert client.get(path).url == CHANGE, path
    assert client.post("/akun/penugasan/", {}).url == CHANGE
    assert client.get("/keluarga/", headers={"HX-Request": "true"})["HX-Redirect"] == CHANGE
    assert client.get(CHANGE).status_code == 200
    assert client.get("/akun/logout/").status_code == 200


def test_after_the_change_the_session_lives_on(bu_rina):
    user = new_account(bu_rina)
    client = logged_in("siti.aminah", FIRST)
    answer = client.post(CHANGE, {"oldpassword": FIRST, "password1": OWN, "password2": OWN})
    assert answer.url == "/"
    assert is_in(client)
    user.refresh_from_db()
    assert not user.harus_ganti_sandi
    assert user.sandi_berlaku_sampai is None
    assert not is_in(logged_in("siti.aminah", FIRST))


def test_the_first_password_is_not_taken_again(bu_rina):
    user = new_account(bu_rina)
    client = logged_in("siti.aminah", FIRST)
    answer = client.post(CHANGE, {"oldpassword": FIRST, "password1": FIRST, "password2": FIRST})
    assert "Pilih kata sandi lain" in answer.content.decode()
    user.refresh_from_db()
    assert user.harus_ganti_sandi


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("pendek-1", "paling sedikit 12 huruf"),
        ("siti.aminah-1", "mirip nama"),
        ("12345678901234", "hanya angka"),
        ("1q2w3e4r5t6y", "dipakai banyak orang"),
    ],
)
def test_a_refused_password_is_explained(bu_rina, password, sentence):
    new_account(bu_rina)
    client = logged_in("siti.aminah", FIRST)
    answer = client.post(CHANGE, {"oldpassword": FIRST, "password1": password, "password2": password})
    assert sentence in answer.content.decode()


def test_a_first_password_past_its_time_opens_nothing(bu_rina):
    new_account(bu_rina, sandi_sampai=timezone.now() - timedelta(minutes=1))
    client = Client()
    answer = client.post("/akun/login/", {"login": "siti.aminah", "password": FIRST})
    assert "Minta kata sandi baru kepada TKSK" in answer.content.decode()
    assert "_auth_user_id" not in client.session


# --- a new password --------------------------------------------------------------------------------


def reset(user, by):
    return reset_sandi(
        user=user, by=by, sandi_hash=make_password(FIRST), sandi_sampai=timezone.now() + timedelta(days=30)
    )


@pytest.mark.parametrize(
    ("by", "person"),
    [
        ("pak_tono", "bu_sri"),
        ("pak_tono", "pak_budi"),
        ("bu_rina", "bu_sri"),
        ("bu_rina", "pak_tono"),
        ("pak_hasan", "mbak_ayu"),
        ("pak_yusuf", "pak_hasan"),
        ("pak_yusuf", "bu_wati"),
    ],
)
def test_who_stands_above_makes_a_new_password(request, by, person):
    user = request.getfixturevalue(person)
    reset(user, request.getfixturevalue(by))
    user.refresh_from_db()
    assert user.check_password(FIRST)
    assert user.harus_ganti_sandi


@pytest.mark.parametrize(
    ("by", "person"),
    [
        ("bu_sri", "pak_budi"),
        ("pak_tono", "bu_rina"),
        ("pak_tono", "pak_tono"),
        ("mbak_ayu", "bu_sri"),
        ("mbak_ayu", "pak_tono"),
        ("bu_rina", "mbak_ayu"),
        ("bu_rina", "bu_rina"),
        ("pak_hasan", "pak_yusuf"),
        ("pak_hasan", "bu_wati"),
        ("pak_hasan", "orang_baru"),
        ("bu_wati", "bu_sri"),
        ("orang_baru", "bu_sri"),
    ],
)
def test_nobody_else_does(request, by, person):
    user = request.getfixturevalue(person)
    with pytest.raises(Refused):
        reset(user, request.getfixturevalue(by))
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


@pytest.mark.parametrize("right", ["is_superuser", "is_staff"])
def test_who_has_the_admin_site_is_above_an_admin_without_it(pak_yusuf, right):
    """Otherwise the peran Admin would be a way to every right there is."""
    plain = make_user("arif", "Arif Admin", ("admin", PROVINSI))
    person = make_user("guntur", "Guntur", ("dinsos_prov", PROVINSI), **{right: True})
    with pytest.raises(Refused):
        reset(person, plain)
    with pytest.raises(Refused):
        remove_factor(user=person, by=plain, alasan="ponsel hilang")
    reset(person, pak_yusuf)
    person.refresh_from_db()
    assert person.check_password(FIRST)


@pytest.mark.parametrize(
    ("peran", "kode"), [("psm", LALANG_JAYA), ("tksk", "190301"), ("pimpinan", PROVINSI)]
)
def test_a_person_with_more_than_that_is_out_of_reach(pak_tono, bu_sri, peran, kode):
    Penugasan.objects.create(user=bu_sri, peran=peran, wilayah_id=kode, mulai=timezone.localdate())
    with pytest.raises(Refused):
        reset(bu_sri, pak_tono)


def test_a_penugasan_that_begins_later_counts_as_well(pak_tono, bu_sri):
    later = timezone.localdate() + timedelta(days=3)
    Penugasan.objects.create(user=bu_sri, peran="psm", wilayah_id=LALANG_JAYA, mulai=later)
    with pytest.raises(Refused):
        reset(bu_sri, pak_tono)


def test_staff_is_out_of_reach_whatever_its_penugasan(pak_hasan, bu_sri):
    User.objects.filter(pk=bu_sri.pk).update(is_staff=True)
    with pytest.raises(Refused):
        reset(bu_sri, pak_hasan)


def test_a_new_password_ends_all_sessions_and_no_others(pak_tono, bu_sri, pak_budi):
    phone, office, bystander = logged_in("sri"), logged_in("sri"), logged_in("budi")
    assert is_in(phone) and is_in(office)
    reset(bu_sri, pak_tono)
    assert Session.objects.count() == 1
    assert not is_in(phone)
    assert not is_in(office)
    assert is_in(bystander)


def test_a_new_password_lifts_the_lock_of_that_person(pak_tono, bu_sri, pak_budi):
    for _ in range(5):
        logged_in("Sri", "salah-sama-sekali")
        logged_in("budi", "salah-sama-sekali")
    assert not is_in(logged_in("sri"))
    reset(bu_sri, pak_tono)
    assert logged_in("sri", FIRST).get("/").url == CHANGE
    assert set(AccessAttempt.objects.values_list("username", flat=True)) == {"budi"}


def test_a_new_password_leaves_a_jejak_without_it(pak_tono, bu_sri):
    reset(bu_sri, pak_tono)
    with everything():
        line = Jejak.objects.get(pengguna=pak_tono, aksi="ubah_hak")
    assert (line.objek, line.objek_id, line.wilayah_id) == ("user", str(bu_sri.pk), RIAS)
    assert FIRST not in f"{line.rincian}{line.alasan}"


# --- end of duty -----------------------------------------------------------------------------------


def test_the_end_of_duty_is_now(bu_rina, bu_sri):
    client = logged_in("sri")
    assert client.get(f"/wilayah/{RIAS}/").status_code == 200
    assert end_penugasan(penugasan=bu_sri.penugasan_list.get(), by=bu_rina)
    assert client.get(f"/wilayah/{RIAS}/").status_code == 302
    again = logged_in("sri")
    assert again.get(f"/wilayah/{RIAS}/").status_code == 403
    assert "belum punya penugasan" in again.get("/").content.decode()


def test_one_of_two_ends_and_the_other_goes_on(bu_rina, bu_sri, keluarga_rias):
    Penugasan.objects.create(user=bu_sri, peran="psm", wilayah_id=SERDANG, mulai=timezone.localdate())
    client = logged_in("sri")
    end_penugasan(penugasan=bu_sri.penugasan_list.get(wilayah_id=RIAS), by=bu_rina)
    assert not is_in(client)
    again = logged_in("sri")
    assert again.get(f"/keluarga/{keluarga_rias.pk}/").status_code == 404
    assert again.get(f"/wilayah/{SERDANG}/").status_code == 200


def test_ending_twice_ends_once_and_the_same_post_may_be_given_again(bu_rina, bu_sri):
    penugasan = bu_sri.penugasan_list.get()
    assert end_penugasan(penugasan=penugasan, by=bu_rina)
    assert not end_penugasan(penugasan=penugasan, by=bu_rina)
    with everything():
        assert Jejak.objects.filter(alasan="diakhiri").count() == 1
    asked = {"user": bu_sri, "peran": "psm", "wilayah": place(RIAS), "selesai": None, "by": bu_rina}
    add_penugasan(**asked, mulai=penugasan.mulai)
    assert bu_sri.penugasan_list.in_force().count() == 1


def test_a_penugasan_that_has_not_begun_can_be_ended(bu_rina, bu_sri):
    later = timezone.localdate() + timedelta(days=9)
    penugasan = Penugasan.objects.create(user=bu_sri, peran="psm", wilayah_id=SERDANG, mulai=later)
    end_penugasan(penugasan=penugasan, by=bu_rina)
    assert not bu_sri.penugasan_list.in_force(later).filter(wilayah_id=SERDANG).exists()


@pytest.mark.parametrize("who", ["bu_sri", "pak_tono", "mbak_ayu", "bu_wati", "orang_baru"])
def test_who_may_not_give_may_not_end(request, who, bu_sri):
    with pytest.raises(Refused):
        end_penugasan(penugasan=bu_sri.penugasan_list.get(), by=request.getfixturevalue(who))
    assert bu_sri.penugasan_list.in_force().exists()


def test_nobody_ends_his_own(pak_yusuf):
    with pytest.raises(Refused):
        end_penugasan(penugasan=pak_yusuf.penugasan_list.get(), by=pak_yusuf)


def test_a_penugasan_whose_last_day_has_passed_gives_nothing(bu_sri):
    client = logged_in("sri")
    yesterday = timezone.localdate() - timedelta(days=1)
    Penugasan.objects.filter(user=bu_sri).update(selesai=yesterday)
    assert client.get(f"/wilayah/{RIAS}/").status_code == 403
    assert "belum punya penugasan" in client.get("/").content.decode()


def test_an_account_switched_off_is_out_at_once(pak_yusuf, bu_sri, pak_budi):
    client, bystander = logged_in("sri"), logged_in("budi")
    bu_sri.is_active = False
    save_user(user=bu_sri, by=pak_yusuf, changed=["is_active"])
    assert Session.objects.count() == 1
    assert not is_in(client)
    assert is_in(bystander)


def test_the_nightly_round_ends_sessions_of_those_whose_duty_is_over(bu_sri, pak_budi, orang_baru, pak_yusuf):
    for login in ("sri", "budi", "baru", "yusuf"):
        logged_in(login)
    yesterday = timezone.localdate() - timedelta(days=1)
    Penugasan.objects.filter(user__in=[bu_sri, pak_yusuf]).update(selesai=yesterday)
    assert end_idle_sessions() == 1
    assert end_idle_sessions() == 0
    assert Session.objects.count() == 3


def test_history_keeps_the_penugasan_as_it_was(bu_rina):
    user = make_user("eko", "Eko", ("psm", RIAS))
    penugasan = user.penugasan_list.get()
    end_penugasan(penugasan=penugasan, by=bu_rina)
    event = Penugasan.pgh_event_model.objects.get(pgh_obj_id=penugasan.pk)
    assert event.diakhiri is None
