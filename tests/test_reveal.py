"""NIK and No. KK in full: for whom, with which reason, once, and only with a line of the trail."""

from __future__ import annotations

import re
import threading
import uuid
from contextlib import closing

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from access.actions import save_penugasan
from access.jejak import record_jejak
from access.models import Jejak, JejakIsi, Penugasan, Peran, Peringatan, User, Volume
from access.peringatan import CheckRefused, check_peringatan
from access.reveal import LAINNYA, NotShown, RevealForm, Secret, reveal
from access.rules import may_reveal
from access.scope import Territory, set_territory, use_territory
from kpm.models import Anggota, Keluarga
from tests import databases
from tests.conftest import RIAS, SERDANG, TOBOALI, everything, make_keluarga, make_user

NIK = "1903010107800001"
NIK_ISTRI = "1903010207800001"
KK = "1903010101200001"
db = pytest.mark.django_db


def trail(**conditions):
    """Lines of Jejak, which the app role reads only with the right to."""
    set_territory(Territory(jejak=True))
    return list(Jejak.objects.filter(**conditions).order_by("objek", "objek_id"))


def url_of(keluarga) -> str:
    return f"/keluarga/{keluarga.pk}/tampilkan/"


def filled(keluarga, **fields) -> dict:
    """A form as the browser sends it: the head's NIK, to compare with the card."""
    with everything():
        head = Anggota.objects.get(keluarga=keluarga, kepala=True)
    return {
        "yang": [f"anggota-{head.pk}"],
        "alasan": "cocok",
        "keterangan": "warga datang membawa KK",
        "sekali": str(uuid.uuid4()),
    } | fields


# --- for whom ------------------------------------------------------------------------------------


@db
@pytest.mark.parametrize(
    ("person", "status"),
    [
        ("pak_tono", 200),
        ("bu_rina", 200),
        ("pak_hasan", 200),
        ("bu_sri", 403),
        ("pak_yusuf", 403),
        ("bu_wati", 403),
        ("bu_lina", 403),
        ("pak_dedi", 403),
    ],
)
def test_only_named_roles_see_a_number(client, request, keluarga_rias, person, status):
    client.force_login(request.getfixturevalue(person))
    response = client.post(url_of(keluarga_rias), filled(keluarga_rias))
    assert response.status_code == status
    assert (NIK in response.content.decode()) == (status == 200)
    assert len(trail(aksi="buka")) == (status == 200)


@db
def test_foreign_and_absent_are_the_same_404(client, mbak_ayu, keluarga_rias):
    client.force_login(mbak_ayu)
    foreign = client.post(url_of(keluarga_rias), filled(keluarga_rias))
    absent = client.post("/keluarga/987654321/tampilkan/", filled(keluarga_rias))
    assert foreign.status_code == absent.status_code == 404
    assert client.get("/keluarga/99999999999999999999/tampilkan/").status_code == 404
    assert NIK not in foreign.content.decode()
    assert trail(aksi="buka") == []


@db
def test_number_of_a_foreign_row_is_not_shown_by_the_form_of_an_own_one(
    client, mbak_ayu, keluarga_lalang, keluarga_rias
):
    client.force_login(mbak_ayu)
    fields = filled(keluarga_rias)
    response = client.post(url_of(keluarga_lalang), fields)
    assert response.status_code == 422
    assert NIK not in response.content.decode()


@db
def test_policy_alone_keeps_a_foreign_number(mbak_ayu, keluarga_rias):
    """The second wall: a room that forgot the gate hands in every row, and nothing comes out."""
    with everything():
        head = Anggota.objects.get(keluarga=keluarga_rias, kepala=True)
    secret = Secret("anggota", head.pk, Anggota.objects.all(), "nik", "NIK", {"anggota": [head.pk]})
    with use_territory(mbak_ayu):
        assert reveal(by=mbak_ayu, secret_list=[secret], alasan="x", sekali=uuid.uuid4()) == []
    assert trail(aksi="buka") == []


@db
def test_right_in_one_kecamatan_is_none_in_another(client, pak_tono, sumber, keluarga_rias):
    """Pak Tono is TKSK in Toboali and helps out as PSM in Airgegas: he sees families there, no numbers."""
    save_penugasan(
        penugasan=Penugasan(
            user=pak_tono, peran=Peran.PSM, wilayah_id="1903032001", mulai=timezone.localdate()
        ),
        by=None,
    )
    there = make_keluarga(sumber, "1903032001", 9, "DI AIRGEGAS")
    client.force_login(User.objects.get(pk=pak_tono.pk))
    page = client.get(f"/keluarga/{there.pk}/")
    assert page.status_code == 200
    assert "Tampilkan NIK" not in page.content.decode()
    assert client.get(url_of(there)).status_code == 403
    assert "Tampilkan NIK" in client.get(f"/keluarga/{keluarga_rias.pk}/").content.decode()
    fresh = User.objects.get(pk=pak_tono.pk)
    assert may_reveal.covers(fresh, RIAS) and not may_reveal.covers(fresh, "1903032001")
    with everything():
        assert list(Keluarga.objects.filter(may_reveal.within(fresh))) == [keluarga_rias]
    secret = Secret("keluarga", there.pk, Keluarga.objects.all(), "no_kk", "No. KK", {"keluarga": [there.pk]})
    with use_territory(fresh):  # a room that forgot to ask
        assert Keluarga.objects.filter(pk=there.pk).exists()
        assert reveal(by=fresh, secret_list=[secret], alasan="x", sekali=uuid.uuid4()) == []


# --- what is shown, and what is left ---------------------------------------------------------------


@db
def test_whole_family_in_one_press_is_one_line_per_person(client, pak_tono, keluarga_rias, keluarga_serdang):
    client.force_login(pak_tono)
    form = client.get(f"{url_of(keluarga_rias)}?pilih=nik").content.decode()
    offered = re.findall(r'value="((?:anggota|keluarga)-\d+)"', form)
    ticked = re.findall(r'value="((?:anggota|keluarga)-\d+)"[^>]*checked', form)
    assert len(offered) == 4 and len(ticked) == 3
    page = client.post(url_of(keluarga_rias), filled(keluarga_rias, yang=offered)).content.decode()
    assert all(number in page for number in (NIK, NIK_ISTRI, KK))
    lines = trail(aksi="buka")
    assert [line.objek for line in lines] == ["anggota", "anggota", "anggota", "keluarga"]
    assert {line.alasan for line in lines} == {
        "Mencocokkan dengan KTP atau KK di hadapan warga: warga datang membawa KK"
    }
    assert {(line.pengguna_id, line.wilayah_id, line.alamat, line.sebagai) for line in lines} == {
        (pak_tono.pk, RIAS, "127.0.0.1", f"tksk:{TOBOALI}")
    }
    written = " ".join(f"{line.objek_id} {line.alasan} {line.rincian}" for line in trail())
    assert not re.search(r"\d{16}", written)


@db
def test_only_what_was_ticked_is_shown(client, pak_tono, keluarga_rias):
    client.force_login(pak_tono)
    page = client.post(url_of(keluarga_rias), filled(keluarga_rias)).content.decode()
    assert NIK in page
    assert NIK_ISTRI not in page and KK not in page
    assert len(trail(aksi="buka")) == 1


@db
def test_a_number_is_shown_once(client, pak_tono, keluarga_rias):
    client.force_login(pak_tono)
    fields = filled(keluarga_rias)
    first = client.post(url_of(keluarga_rias), fields)
    again = client.post(url_of(keluarga_rias), fields)  # reload, back, a second press
    assert NIK in first.content.decode()
    assert again.status_code == 422
    assert NIK not in again.content.decode()
    assert "sudah ditampilkan satu kali" in again.content.decode()
    assert len(trail(aksi="buka")) == 1
    assert NIK not in client.get(f"/keluarga/{keluarga_rias.pk}/").content.decode()


@db
def test_answer_is_kept_nowhere(client, pak_tono, keluarga_rias):
    client.force_login(pak_tono)
    response = client.post(url_of(keluarga_rias), filled(keluarga_rias))
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Refresh"] == f"120; url=/keluarga/{keluarga_rias.pk}/"
    assert client.get(url_of(keluarga_rias)).headers["Cache-Control"] == "no-store"
    assert NIK not in str(dict(client.session))


@db
def test_dialog_gets_the_fragment(client, pak_tono, keluarga_rias):
    client.force_login(pak_tono)
    page = client.post(url_of(keluarga_rias), filled(keluarga_rias), headers={"HX-Request": "true"})
    assert NIK in page.content.decode()
    assert b"<html" not in page.content
    assert page.headers["Cache-Control"] == "no-store"
    assert "Refresh" not in page.headers


@db
def test_form_names_people_and_leaves_a_line(client, pak_tono, keluarga_rias):
    client.force_login(pak_tono)
    client.get(url_of(keluarga_rias))
    (line,) = trail(aksi="lihat_orang")
    assert (line.objek, line.objek_id) == ("keluarga", str(keluarga_rias.pk))


@db
def test_one_reveal_counts_the_form_once(client, pak_tono, keluarga_rias):
    client.force_login(pak_tono)
    client.head(url_of(keluarga_rias))
    assert trail(aksi="lihat_orang") == []
    fields = filled(keluarga_rias)
    client.get(url_of(keluarga_rias))
    assert client.post(url_of(keluarga_rias), fields).status_code == 200
    assert len(trail(aksi="lihat_orang")) == 1
    assert client.post(url_of(keluarga_rias), filled(keluarga_rias, alasan="")).status_code == 422
    assert len(trail(aksi="lihat_orang")) == 2  # the form was shown again


# --- why -------------------------------------------------------------------------------------------


@db
@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"alasan": ""}, "Pilih alasannya."),
        ({"alasan": "iseng"}, "Pilih"),
        ({"yang": []}, "Pilih sedikitnya satu nomor."),
        ({"alasan": LAINNYA, "keterangan": "perlu"}, "Tulis alasannya, sedikitnya 10 huruf."),
        ({"keterangan": f"NIK nya {NIK}"}, "Jangan tulis NIK atau No. KK"),
        ({"keterangan": "1903.0101.0780.0001 ya"}, "Jangan tulis NIK atau No. KK"),
        ({"keterangan": "１９０３０１０１０７８００００１"}, "Jangan tulis NIK atau No. KK"),
        ({"keterangan": "x" * 201}, "200"),
        ({"sekali": "bukan"}, "tampil"),
    ],
)
def test_without_a_good_reason_nothing_is_shown(client, pak_tono, keluarga_rias, fields, sentence):
    client.force_login(pak_tono)
    response = client.post(url_of(keluarga_rias), filled(keluarga_rias, **fields))
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert NIK not in response.content.decode().replace(fields.get("keterangan", "-"), "")
    assert trail(aksi="buka") == []


def test_a_phone_number_is_no_nik():
    form = RevealForm([], {"keterangan": "hubungi 0812-3456-7890 pukul 09.30", "sekali": str(uuid.uuid4())})
    form.is_valid()
    assert "keterangan" not in form.errors


# --- no line, no value -----------------------------------------------------------------------------


@pytest.fixture
def site(committed_db):
    """Committed rows: a family, its TKSK, a connection of the owner to break things with."""
    from kpm.models import Sumber

    sumber = Sumber.objects.create(jenis="DTKS", periode="2026-10")
    keluarga = make_keluarga(sumber, RIAS, 1, "ROSIDI", "NURHAYATI")
    tono = make_user("tono", "Tono Subagyo", (Peran.TKSK, TOBOALI))
    with closing(databases.connect("DATABASE_OWNER_URL", connection.settings_dict["NAME"])) as owner:
        yield keluarga, tono, owner


def test_locked_trail_shows_nothing(client, site):
    keluarga, tono, owner = site
    client.force_login(tono)
    fields = filled(keluarga)
    with owner.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("LOCK TABLE access_jejak IN ACCESS EXCLUSIVE MODE")
        with everything():
            head = Anggota.objects.get(keluarga=keluarga, kepala=True)
        secret = Secret("anggota", head.pk, Anggota.objects.all(), "nik", "NIK", {"anggota": [head.pk]})
        with use_territory(tono), pytest.raises(NotShown, match="jejaknya tidak dapat ditulis"):
            reveal(by=tono, secret_list=[secret], alasan="cocok", sekali=uuid.uuid4())
        cursor.execute("ROLLBACK")
    assert trail(aksi="buka") == []
    assert NIK in client.post(url_of(keluarga), fields).content.decode()


def test_trail_that_refuses_lines_shows_nothing(client, site):
    keluarga, tono, owner = site
    client.force_login(tono)
    fields = filled(keluarga)
    with owner.cursor() as cursor:
        cursor.execute(
            "CREATE POLICY rusak ON access_jejak AS RESTRICTIVE FOR INSERT WITH CHECK (aksi <> 'buka')"
        )
    response = client.post(url_of(keluarga), fields)
    assert response.status_code == 422
    assert "jejaknya tidak dapat ditulis" in response.content.decode()
    assert NIK not in response.content.decode()
    assert trail(aksi="buka") == []


def test_line_is_committed_before_the_value_is_out(site):
    """A caller's own transaction could roll the line back after the value was shown: refused."""
    keluarga, tono, _ = site
    secret = Secret("keluarga", keluarga.pk, Keluarga.objects.all(), "no_kk", "No. KK", {})
    with use_territory(tono), pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        reveal(by=tono, secret_list=[secret], alasan="cocok", sekali=uuid.uuid4())
    assert trail(aksi="buka") == []


def test_same_form_sent_twice_at_once_shows_once(site):
    keluarga, tono, _ = site
    sekali = uuid.uuid4()
    answers: list[str] = []
    start = threading.Barrier(4)

    def press():
        try:
            start.wait()
            user = User.objects.get(pk=tono.pk)
            secret = Secret("keluarga", keluarga.pk, Keluarga.objects.all(), "no_kk", "No. KK", {})
            with use_territory(user):
                shown = reveal(by=user, secret_list=[secret], alasan="cocok", sekali=sekali)
            answers.append(shown[0].nilai)
        except NotShown:
            answers.append("tidak")
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [keluarga.no_kk, "tidak", "tidak", "tidak"]
    assert len(trail(aksi="buka")) == 1


# --- how much in a day -----------------------------------------------------------------------------


@pytest.fixture
def low(settings):
    """Thresholds that a test reaches."""
    settings.AMBANG_VOLUME = {"lihat": 5, "daftar": 4, "buka": 2}
    settings.BATAS_BUKA = 3


def warnings_of(**conditions):
    with everything():
        return list(Peringatan.objects.filter(**conditions).values_list("jenis", "ambang"))


def press_until(client, keluarga, times: int):
    return [client.post(url_of(keluarga), filled(keluarga)).status_code for _ in range(times)]


@db
def test_record_past_the_threshold_warns_once(client, bu_sri, keluarga_rias, low, pak_budi):
    client.force_login(bu_sri)
    client.get(f"/keluarga/{keluarga_rias.pk}/")  # three people
    assert warnings_of() == []
    client.get(f"/keluarga/{keluarga_rias.pk}/")  # six
    client.get(f"/keluarga/{keluarga_rias.pk}/")
    assert warnings_of(pengguna=bu_sri) == [("lihat", 5)]
    assert warnings_of(pengguna=pak_budi) == []
    assert Volume.objects.get(pengguna=bu_sri, jenis="lihat").banyak == 9


@db
def test_the_threshold_itself_does_not_warn(bu_sri, settings):
    settings.AMBANG_VOLUME = settings.AMBANG_VOLUME | {"lihat": 500}
    record_jejak(user=bu_sri, aksi="lihat_orang", isi={"anggota": range(500)})
    assert warnings_of() == []
    record_jejak(user=bu_sri, aksi="lihat_orang", isi={"anggota": [501]})
    assert warnings_of() == [("lihat", 500)]


@db
def test_rows_of_lists_are_counted(client, bu_rina, sumber, keluarga_lalang, low):
    for number in range(4, 7):
        make_keluarga(sumber, RIAS, number, f"KEPALA {number}")
    client.force_login(bu_rina)
    client.get("/keluarga/")
    assert warnings_of() == []
    client.get("/keluarga/")
    assert warnings_of() == [("daftar", 4)]


@db
def test_numbers_stay_closed_beyond_the_day_s_limit(client, pak_tono, keluarga_rias, low):
    client.force_login(pak_tono)
    assert press_until(client, keluarga_rias, 4) == [200, 200, 200, 422]
    last = client.post(url_of(keluarga_rias), filled(keluarga_rias)).content.decode()
    assert "batas untuk sehari" in last and NIK not in last
    assert len(trail(aksi="buka")) == 3
    assert warnings_of(jenis="buka") == [("buka", 2)]


@db
def test_a_new_day_in_jakarta_begins_at_nothing(bu_sri, monkeypatch, low):
    """00.30 in Jakarta is still yesterday in London: the day that counts is Jakarta's."""
    from datetime import UTC, datetime

    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 2, 16, 59, tzinfo=UTC))
    record_jejak(user=bu_sri, aksi="lihat_orang", isi={"anggota": range(5)})
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 2, 17, 1, tzinfo=UTC))
    record_jejak(user=bu_sri, aksi="lihat_orang", isi={"anggota": range(5)})
    assert warnings_of() == []
    assert [str(v.tanggal) for v in Volume.objects.order_by("tanggal")] == ["2026-11-02", "2026-11-03"]


def test_concurrent_requests_past_the_threshold_warn_once(site, low):
    _, tono, _ = site
    start = threading.Barrier(8)

    def look():
        try:
            start.wait()
            for _ in range(5):
                record_jejak(user=tono, aksi="lihat_orang", isi={"anggota": [1]})
        finally:
            connection.close()

    threads = [threading.Thread(target=look) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert warnings_of() == [("lihat", 5)]
    assert Volume.objects.get(pengguna=tono).banyak == 40
    assert len(trail(aksi="lihat_orang")) == 40


# --- the warning is looked into --------------------------------------------------------------------


@pytest.fixture
def peringatan(db, pak_tono):
    with everything():
        return Peringatan.objects.create(
            pengguna=pak_tono, tanggal=timezone.localdate(), jenis="buka", ambang=50
        )


@db
def test_auditor_and_admin_find_it_on_their_home(client, bu_wati, pak_yusuf, bu_rina, peringatan):
    for user in (bu_wati, pak_yusuf):
        client.force_login(user)
        assert "Periksa peringatan akses" in client.get("/").content.decode()
        assert "Tono Subagyo" in client.get("/jejak/peringatan/").content.decode()
    client.force_login(bu_rina)
    assert "Periksa peringatan akses" not in client.get("/").content.decode()


@db
def test_marking_it_keeps_who_and_what_and_leaves_a_jejak(client, bu_wati, peringatan):
    client.force_login(bu_wati)
    url = f"/jejak/peringatan/{peringatan.pk}/"
    assert client.post(url, {"catatan": "ya"}).status_code == 422
    assert client.post(url, {"catatan": f"tentang {NIK} itu"}).status_code == 422
    assert client.post(url, {"catatan": "menyiapkan penyaluran sembako"}).status_code == 302
    with everything():
        peringatan.refresh_from_db()
    assert (peringatan.pemeriksa, peringatan.catatan) == (bu_wati, "menyiapkan penyaluran sembako")
    (line,) = trail(aksi="periksa")
    assert line.rincian == {"pengguna": peringatan.pengguna_id, "jenis": "buka"}
    assert "Periksa peringatan akses" not in client.get("/").content.decode()
    again = client.post(url, {"catatan": "ditimpa orang lain kemudian"})
    assert "baru saja diperiksa orang lain" in again.content.decode()


@db
def test_nobody_answers_his_own(pak_yusuf, all_rows):
    own = Peringatan.objects.create(pengguna=pak_yusuf, tanggal=timezone.localdate(), jenis="lihat", ambang=1)
    with pytest.raises(CheckRefused, match="diperiksa orang lain"):
        check_peringatan(peringatan=own, by=pak_yusuf, catatan="tidak apa-apa sama sekali")
    own.refresh_from_db()
    assert own.diperiksa is None


@db
@pytest.mark.parametrize(
    "sentence",
    [
        "DELETE FROM access_peringatan",
        "UPDATE access_peringatan SET ambang = 9999",
        "UPDATE access_peringatan SET pengguna_id = 1",
        "DELETE FROM access_volume",
        "DELETE FROM access_jejakisi",
        "UPDATE access_jejakisi SET ids = '{}'",
    ],
)
def test_app_role_cannot_take_it_back(peringatan, sentence):
    from django.db import ProgrammingError

    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(sentence)


@db
def test_who_is_warned_of_does_not_read_it(pak_tono, peringatan):
    with use_territory(pak_tono):
        assert not Peringatan.objects.exists()


# --- lists -----------------------------------------------------------------------------------------


@db
def test_page_of_the_list_names_its_rows_in_the_trail(client, bu_rina, keluarga_rias, keluarga_serdang):
    client.force_login(bu_rina)
    client.get("/keluarga/", {"wilayah": SERDANG})
    (line,) = trail(aksi="lihat_daftar")
    isi = {one.objek: one.ids for one in JejakIsi.objects.filter(jejak=line)}
    with everything():
        head = Anggota.objects.get(keluarga=keluarga_serdang, kepala=True)
    assert isi == {"keluarga": [keluarga_serdang.pk], "anggota": [head.pk]}
    assert (line.wilayah_id, line.rincian) == (SERDANG, {"halaman": 1, "banyak": 1})


@db
def test_member_found_by_name_is_named_in_the_trail_and_the_words_are_not(client, bu_rina, keluarga_rias):
    client.force_login(bu_rina)
    address = client.post("/keluarga/", {"cari": "nurhayati"}).headers["Location"]
    client.get(address)
    (line,) = trail(aksi="lihat_daftar")
    with everything():
        found = set(Anggota.objects.filter(nama__in=["ROSIDI", "NURHAYATI"]).values_list("pk", flat=True))
    assert set(JejakIsi.objects.get(jejak=line, objek="anggota").ids) == found
    assert line.rincian["cari"] == "nama"
    assert "nurhayati" not in str(line.rincian).lower()


@db
def test_empty_list_leaves_no_line(client, bu_rina):
    client.force_login(bu_rina)
    client.get("/keluarga/")
    assert trail(aksi="lihat_daftar") == []


def test_settings_have_a_stop_above_the_warning():
    assert settings.AMBANG_VOLUME["buka"] < settings.BATAS_BUKA
