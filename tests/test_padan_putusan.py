"""Deciding pairs of the register and an extract: verbs, pages, and what a later run keeps of it."""

from __future__ import annotations

import html
import re
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from access.models import Jejak, JejakIsi
from access.scope import use_territory
from kpm.isian import Refused
from kpm.models import Anggota, Keluarga, Suntingan
from kpm.suntingan import version_of
from padan import putusan as verbs
from padan.hapus import purge_ekstrak
from padan.models import Kandidat, Putusan, UsulNik
from padan.putusan import Held, Stale, carry_over, decide_kandidat, hold, release, undo_putusan
from padan.queries_putusan import waiting_for
from padan.sanding import Part, compare, day, families, letters, number
from padan.usul import confirm_usul, refuse_usul
from tests.conftest import BANGKA_SELATAN, RIAS, everything, make_keluarga, make_user
from tests.padan_kandidat import make_kandidat, make_run, run_on, without_nik

pytestmark = pytest.mark.django_db
NIK = "1903011507800077"


@pytest.fixture
def run(pak_hasan):
    return make_run(pak_hasan)


@pytest.fixture
def hendra(keluarga_rias):
    """A son in Desa Rias without a NIK."""
    return without_nik(keluarga_rias, "HENDRA")


@pytest.fixture
def pair(run, hendra, keluarga_lalang):
    """Hendra and somebody of the extract; a bystander in another kabupaten."""
    make_kandidat(run, Anggota_of(keluarga_lalang))
    return make_kandidat(run, hendra, nik=NIK)


@pytest.fixture
def bu_sinta(db):
    """A second officer beside Bu Rina."""
    return make_user("sinta", "Sinta Dewi", ("dinsos_kab", BANGKA_SELATAN))


def Anggota_of(keluarga) -> Anggota:
    with everything():
        return Anggota.objects.filter(keluarga=keluarga, kepala=True).get()


def decide(user, kandidat, hasil="terima", **extra) -> Putusan:
    with use_territory(user):
        return decide_kandidat(by=user, kandidat_id=kandidat.pk, hasil=hasil, **extra)


def now_of(kandidat) -> Kandidat:
    with everything():
        return Kandidat.objects.select_related("putusan", "dipegang_oleh").get(pk=kandidat.pk)


def shown(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html.unescape(response.content.decode())).split())


# --- both records side by side -------------------------------------------------------------------


def test_letters_that_differ_are_marked():
    ours, theirs = letters("SITI RAHMA", "SITI ROHMAH")
    assert ours == [Part("SITI R"), Part("A", True), Part("HMA")]
    assert theirs == [Part("SITI R"), Part("O", True), Part("HMA"), Part("H", True)]


def test_texts_with_nothing_in_common_are_marked_whole():
    assert letters("ROSIDI", "MELATI") == ([Part("ROSIDI", True)], [Part("MELATI", True)])


def test_swapped_words_are_said_and_not_marked():
    sanding = compare({"nama": "NUR SITI"}, {"nama": "SITI NUR"})
    row = next(r for r in sanding.rows if r.label == "Nama")
    assert (row.kata, row.kiri) == ("urutan kata lain", [Part("NUR SITI")])


def test_a_swapped_day_and_month_are_said():
    row = day(date(2024, 8, 9), date(2024, 9, 8))
    assert row.kata == "hari, bulan tertukar"
    assert row.kiri == [Part("09", True), Part("-"), Part("08", True), Part("-"), Part("2024")]


def test_a_slip_in_a_hidden_digit_is_marked_and_no_digit_shown():
    row = number("1903014507710002", "1903014507710003")
    assert row.kanan == [Part("190301*********"), Part("*", True)]
    assert row.kata == "1 angka berbeda"


def test_two_swapped_digits_are_said():
    assert number("1903014507710012", "1903014507710021").kata == "dua angka tertukar"


def test_which_digits_of_another_number_differ_is_not_told():
    row = number("1903014507710002", "1904011203850004")
    assert row.kata == "nomor lain"
    assert row.kanan == [Part("190"), Part("4", True), Part("01**********")]


def test_a_number_that_lacks_a_digit_is_hidden_whole():
    row = number("190301450771002", "1903014507710002")
    assert (row.kiri, row.kata) == ([Part("*" * 15)], "kurang satu angka")


def test_the_waterfall_ends_where_its_pieces_lead():
    bobot = [
        {"isian": "nama", "kata": "Nama sama", "bobot": 6.0},
        {"isian": "lahir", "kata": "", "bobot": -2.0},
    ]
    sanding = compare({"nama": "A B"}, {"nama": "A B"}, bobot, 0.9)
    pieces = [r.bar for r in sanding.rows if r.bobot is not None and r.bar]
    assert [p.kelas for p in pieces] == ["kuat", "lemah"]
    assert pieces[0].ke == pieces[1].dari
    assert sanding.bar is not None
    assert (sanding.jumlah_tertulis, sanding.bar.ke) == ("+4,0", pieces[1].ke)


def test_who_is_dead_in_the_extract_is_said():
    sanding = compare({"nama": "A"}, {"nama": "A", "keadaan": "meninggal"})
    row = next(r for r in sanding.rows if r.label == "Status di Dukcapil")
    assert (row.kanan, row.jenis) == ([Part("meninggal")], "awas")


def test_families_stand_beside_each_other():
    ours = [
        {"pk": 1, "nama": "HENDRA", "tanggal_lahir": ""},
        {"pk": 2, "nama": "NURHAYATI", "tanggal_lahir": ""},
    ]
    theirs = [{"nama": "NURHAYATY"}, {"nama": "ROHANI"}]
    found = families(ours, theirs, 1, "HENDRAH")
    assert [(r.kiri, r.kanan, r.ini) for r in found] == [
        ("HENDRA", "HENDRAH", True),
        ("NURHAYATI", "NURHAYATY", False),
        ("", "ROHANI", False),
    ]


# --- deciding ------------------------------------------------------------------------------------


def test_a_yes_proposes_the_nik_and_writes_nothing(pair, bu_rina, hendra):
    putusan = decide(bu_rina, pair)
    with everything():
        usul = UsulNik.objects.get()
        assert Anggota.objects.get(pk=hendra.pk).nik == ""
        assert not Suntingan.objects.exists()
    assert (usul.nik, usul.putusan_id, usul.keadaan, usul.diusulkan_oleh) == (
        NIK,
        putusan.pk,
        "menunggu",
        bu_rina,
    )
    assert now_of(pair).keadaan == "diterima"
    with everything():
        trail = Jejak.objects.get(aksi="padan")
    assert (trail.objek, trail.objek_id, trail.rincian["hasil"]) == ("kandidat", str(pair.pk), "terima")
    assert JejakIsi.objects.get(jejak=trail).ids == [hendra.pk]


def test_a_no_proposes_nothing(pair, bu_rina):
    decide(bu_rina, pair, "tolak")
    with everything():
        assert not UsulNik.objects.exists()
    assert now_of(pair).keadaan == "ditolak"


def test_a_yes_to_the_nik_that_is_recorded_proposes_nothing(run, keluarga_rias, bu_rina):
    head = Anggota_of(keluarga_rias)
    pair = make_kandidat(run, head, jenis="sebagian", nik=head.nik)
    decide(bu_rina, pair)
    with everything():
        assert not UsulNik.objects.exists()


def test_a_yes_to_one_is_a_no_to_the_others_until_it_is_taken_back(run, hendra, bu_rina):
    first, second = (make_kandidat(run, hendra, urutan=n) for n in (1, 2))
    putusan = decide(bu_rina, first)
    assert now_of(second).keadaan == "gugur"
    with use_territory(bu_rina):
        undo_putusan(by=bu_rina, putusan_id=putusan.pk)
    assert {now_of(one).keadaan for one in (first, second)} == {"terbuka"}


def test_the_same_word_twice_is_one_decision(pair, bu_rina):
    assert decide(bu_rina, pair) == decide(bu_rina, pair)
    with everything():
        assert Putusan.objects.count() == 1
        assert UsulNik.objects.count() == 1


def test_another_word_after_a_decision_is_refused(pair, bu_rina, bu_sinta):
    decide(bu_rina, pair, "tolak")
    with pytest.raises(Refused, match="Sudah diputuskan orang lain oleh Rina Marlina"):
        decide(bu_sinta, pair)
    assert now_of(pair).keadaan == "ditolak"


def test_who_was_unsure_may_be_followed_by_who_knows(pair, bu_rina, bu_sinta):
    unsure = decide(bu_rina, pair, "ragu")
    known = decide(bu_sinta, pair, "tolak")
    with everything():
        unsure.refresh_from_db()
        assert list(Putusan.objects.in_force()) == [known]
    assert unsure.dibatalkan_oleh == bu_sinta


def test_what_changed_since_the_page_was_opened_is_not_decided(pair, bu_rina, keluarga_rias):
    with use_territory(bu_rina):
        seen = version_of(bu_rina, keluarga_rias)
    with everything():
        Anggota.objects.filter(keluarga=keluarga_rias, nama="NURHAYATI").update(diubah=timezone.now())
    with pytest.raises(Stale):
        decide(bu_rina, pair, dilihat=seen)
    assert now_of(pair).keadaan == "terbuka"


def test_who_is_no_member_any_more_is_not_decided(pair, bu_rina, hendra):
    with everything():
        Anggota.objects.filter(pk=hendra.pk).update(status="pindah", keluar_tanggal=date(2026, 11, 1))
    with pytest.raises(Refused, match="tidak lagi terdaftar"):
        decide(bu_rina, pair)


@pytest.mark.parametrize("how", ["emptied", "over"])
def test_nothing_is_decided_after_the_agreement_ended(pair, bu_rina, run, how):
    with everything():
        if how == "emptied":
            Kandidat.objects.filter(pk=pair.pk).update(isi={})
        else:
            type(run.ekstrak).objects.update(berlaku_sampai=timezone.localdate() - timedelta(1))
    with pytest.raises(Refused, match="Masa pakai ekstrak"):
        decide(bu_rina, pair)


def test_a_note_with_a_number_is_refused(pair, bu_rina):
    with pytest.raises(Refused, match="Jangan tulis NIK"):
        decide(bu_rina, pair, alasan=f"NIK yang benar {NIK}")
    assert now_of(pair).keadaan == "terbuka"


@pytest.mark.parametrize("who", ["bu_sri", "pak_budi", "bu_wati", "pak_dedi"])
def test_who_has_no_right_decides_nothing(pair, request, who):
    with pytest.raises(PermissionDenied):
        decide(request.getfixturevalue(who), pair)


def test_a_pair_elsewhere_does_not_exist(pair, mbak_ayu):
    with pytest.raises(Kandidat.DoesNotExist):
        decide(mbak_ayu, pair)


# --- holding -------------------------------------------------------------------------------------


def test_the_second_officer_reads_who_holds_it(pair, bu_rina, bu_sinta):
    with use_territory(bu_rina):
        assert hold(by=bu_rina, kandidat_id=pair.pk) is None
    with use_territory(bu_sinta):
        held = hold(by=bu_sinta, kandidat_id=pair.pk)
    assert str(held) == "Rina Marlina sedang memutuskan pasangan ini. Lanjut ke pasangan berikutnya."
    with pytest.raises(Held):
        decide(bu_sinta, pair)
    assert now_of(pair).dipegang_oleh == bu_rina


def test_a_held_person_is_held_with_every_candidate(run, hendra, bu_rina, bu_sinta):
    first, second = (make_kandidat(run, hendra, urutan=n) for n in (1, 2))
    with use_territory(bu_rina):
        hold(by=bu_rina, kandidat_id=first.pk)
    with pytest.raises(Held):
        decide(bu_sinta, second)


def test_a_hold_ends_by_itself_when_released_and_when_decided(pair, bu_rina, bu_sinta):
    with use_territory(bu_rina):
        hold(by=bu_rina, kandidat_id=pair.pk)
    with everything():
        Kandidat.objects.filter(pk=pair.pk).update(dipegang_sampai=timezone.now() - timedelta(seconds=1))
    with use_territory(bu_sinta):
        assert hold(by=bu_sinta, kandidat_id=pair.pk) is None
    with use_territory(bu_rina):
        release(by=bu_rina, kandidat_id=pair.pk)  # not his any more
    assert now_of(pair).dipegang_oleh == bu_sinta
    with use_territory(bu_sinta):
        release(by=bu_sinta, kandidat_id=pair.pk)
    assert now_of(pair).dipegang_oleh is None
    decide(bu_rina, pair, "tolak")
    assert now_of(pair).dipegang_oleh is None


# --- taking back ---------------------------------------------------------------------------------


def test_taking_back_drops_the_proposal_and_leaves_a_trail(pair, bu_rina):
    putusan = decide(bu_rina, pair)
    with use_territory(bu_rina):
        assert undo_putusan(by=bu_rina, putusan_id=putusan.pk) == pair
        undo_putusan(by=bu_rina, putusan_id=putusan.pk)  # the key pressed twice
    with everything():
        assert UsulNik.objects.get().keadaan == "gugur"
        assert not Putusan.objects.in_force().exists()
        trail = Jejak.objects.filter(aksi="padan").order_by("waktu")
        assert [one.rincian["tahap"] for one in trail] == ["putus", "batal"]
    kandidat = now_of(pair)
    assert (kandidat.keadaan, kandidat.putusan) == ("terbuka", None)


def test_the_same_office_and_the_one_above_take_back_and_nobody_else(
    pair, pak_tono, bu_rina, bu_sinta, pak_hasan
):
    with use_territory(pak_tono):
        second = make_user("dua", "Tono Kedua", ("tksk", "190301"))
    putusan = decide(bu_rina, pair, "tolak")
    for who, allowed in ((pak_tono, False), (second, False), (bu_sinta, True), (pak_hasan, True)):
        assert verbs.may_undo(who, putusan) is allowed
    with use_territory(pak_tono), pytest.raises(Refused, match="kantornya"):
        undo_putusan(by=pak_tono, putusan_id=putusan.pk, alasan="orangnya memang sama")
    assert now_of(pair).keadaan == "ditolak"


def test_a_written_nik_is_taken_back_in_the_register_first(pair, pak_tono, bu_rina):
    putusan = decide(pak_tono, pair)
    confirm(bu_rina)
    with use_territory(pak_tono), pytest.raises(Refused, match="sudah tertulis"):
        undo_putusan(by=pak_tono, putusan_id=putusan.pk)


# --- a later run ---------------------------------------------------------------------------------


def carry(user, run) -> dict[str, int]:
    with use_territory(user):
        return carry_over(run.pk)


def test_a_decision_survives_a_later_run(pair, run, hendra, bu_rina, pak_hasan):
    putusan = decide(bu_rina, pair, "tolak")
    later = run_on(run.ekstrak, pak_hasan)
    again = make_kandidat(later, hendra, nik=NIK)
    carry(pak_hasan, later)
    kandidat = now_of(again)
    assert (kandidat.keadaan, kandidat.putusan, kandidat.catatan) == ("ditolak", putusan, "")
    carry(pak_hasan, later)
    assert now_of(again).keadaan == "ditolak"


def test_it_comes_back_with_a_note_when_the_data_changed(pair, run, hendra, bu_rina, pak_hasan):
    decide(bu_rina, pair, "tolak")
    later = make_run(pak_hasan)
    again = make_kandidat(later, hendra, nik=NIK, nama="HENDRA WIJAYA")
    carry(pak_hasan, later)
    kandidat = now_of(again)
    assert kandidat.keadaan == "terbuka"
    assert kandidat.catatan.startswith("Pernah diputuskan orang lain pada ")
    assert kandidat.catatan.endswith(". Datanya berubah sejak itu.")


def test_what_waited_in_an_earlier_run_is_replaced(pair, run, hendra, pak_hasan, keluarga_lalang):
    later = make_run(pak_hasan)
    make_kandidat(later, hendra, nik=NIK)
    carry(pak_hasan, later)
    assert now_of(pair).keadaan == "gugur"
    with everything():  # the later run did not look at him
        assert Kandidat.objects.get(anggota=Anggota_of(keluarga_lalang)).keadaan == "terbuka"


def test_the_others_of_an_accepted_one_wait_no_longer_in_a_later_run(run, hendra, bu_rina, pak_hasan):
    decide(bu_rina, make_kandidat(run, hendra, nik=NIK))
    later = run_on(run.ekstrak, pak_hasan)
    accepted = make_kandidat(later, hendra, nik=NIK)
    other = make_kandidat(later, hendra, urutan=2)
    carry(pak_hasan, later)
    assert (now_of(accepted).keadaan, now_of(other).keadaan) == ("diterima", "gugur")


def test_what_was_taken_back_is_asked_again_in_a_later_run(pair, run, hendra, bu_rina, pak_hasan):
    putusan = decide(bu_rina, pair, "tolak")
    with use_territory(bu_rina):
        undo_putusan(by=bu_rina, putusan_id=putusan.pk)
    later = run_on(run.ekstrak, pak_hasan)
    again = make_kandidat(later, hendra, nik=NIK)
    carry(pak_hasan, later)
    assert (now_of(again).keadaan, now_of(again).catatan) == ("terbuka", "")


def test_rows_of_one_nik_are_pairs_of_their_own(run, hendra, bu_rina, pak_hasan):
    decide(bu_rina, make_kandidat(run, hendra, jenis="ganda", nik=NIK), "tolak")
    later = run_on(run.ekstrak, pak_hasan)
    same = make_kandidat(later, hendra, jenis="ganda", nik=NIK)
    other = make_kandidat(later, hendra, jenis="ganda", urutan=2, nik=NIK, nama="HENDRI")
    carry(pak_hasan, later)
    assert now_of(same).keadaan == "ditolak"
    assert (now_of(other).keadaan, now_of(other).catatan) == ("terbuka", "")


def test_taking_back_in_a_later_run_opens_its_pair(pair, run, hendra, bu_rina, pak_hasan):
    putusan = decide(bu_rina, pair, "tolak")
    later = run_on(run.ekstrak, pak_hasan)
    again = make_kandidat(later, hendra, nik=NIK)
    carry(pak_hasan, later)
    with use_territory(bu_rina):
        assert undo_putusan(by=bu_rina, putusan_id=putusan.pk) == again
    assert now_of(again).keadaan == "terbuka"


# --- the second person ---------------------------------------------------------------------------


def confirm(user, **extra) -> UsulNik:
    with everything():
        usul = UsulNik.objects.latest("pk")
    with use_territory(user):
        return confirm_usul(by=user, usul_id=usul.pk, **extra)


def test_a_second_person_writes_it_protected_with_history(pair, pak_tono, bu_rina, hendra):
    decide(pak_tono, pair)
    assert confirm(bu_rina).keadaan == "disetujui"
    confirm(bu_rina)  # pressed twice
    with everything():
        anggota = Anggota.objects.get(pk=hendra.pk)
        suntingan = Suntingan.objects.get()
    assert (anggota.nik, anggota.nik_status) == (NIK, "valid")
    assert anggota.asal["nik"]["oleh"] == "petugas"
    assert (suntingan.jenis, suntingan.alasan, suntingan.oleh) == ("anggota", "dukcapil", bu_rina)
    with everything():
        assert Jejak.objects.filter(aksi="padan", objek="usulnik").count() == 1
    assert suntingan.dasar_tertulis == "Surat lain PKS 470/12/PKS, 31 Okt 2026"


def test_who_proposed_does_not_confirm(pair, bu_rina, hendra):
    decide(bu_rina, pair)
    with pytest.raises(Refused, match="Petugas lain"):
        confirm(bu_rina)
    with everything():
        assert Anggota.objects.get(pk=hendra.pk).nik == ""
        with pytest.raises(IntegrityError), transaction.atomic():
            UsulNik.objects.update(keadaan="disetujui", diputus_oleh=bu_rina, diputus=timezone.now())


def test_a_tksk_does_not_confirm(pair, bu_rina, pak_tono):
    decide(bu_rina, pair)
    with pytest.raises(PermissionDenied):
        confirm(pak_tono)


def test_a_refusal_says_why_and_writes_nothing(pair, pak_tono, bu_rina, hendra):
    decide(pak_tono, pair)
    with everything():
        usul = UsulNik.objects.get()
    with use_territory(bu_rina):
        with pytest.raises(Refused, match="Tulis alasannya"):
            refuse_usul(by=bu_rina, usul_id=usul.pk, alasan="beda")
        refuse_usul(by=bu_rina, usul_id=usul.pk, alasan="KTP-nya menunjukkan orang lain")
        with pytest.raises(Refused, match="Usul ini ditolak oleh Rina Marlina"):
            confirm_usul(by=bu_rina, usul_id=usul.pk)
    with everything():
        assert Anggota.objects.get(pk=hendra.pk).nik == ""


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"nik": "1903010107800999", "nik_status": "valid"}, "NIK orang ini sudah diubah"),
        ({"status": "meninggal", "keluar_tanggal": date(2026, 11, 1)}, "tidak lagi terdaftar"),
        ({"nik": NIK, "nik_status": "valid"}, "sudah tertulis pada orangnya"),
    ],
)
def test_a_proposal_lapses_when_the_person_changed(pair, pak_tono, bu_rina, hendra, changes, sentence):
    decide(pak_tono, pair)
    with everything():
        Anggota.objects.filter(pk=hendra.pk).update(**changes)
    usul = confirm(bu_rina)
    assert usul.keadaan == "gugur"
    assert sentence in usul.alasan
    with everything():
        assert not Suntingan.objects.exists()


def test_a_proposed_nik_goes_with_its_extract(pair, run, pak_tono, bu_rina):
    decide(pak_tono, pair)
    assert purge_ekstrak(ekstrak_id=run.ekstrak_id, alasan="uji")
    with everything():
        usul = UsulNik.objects.get()
    assert (usul.keadaan, usul.nik) == ("gugur", "")
    with pytest.raises(Refused, match="Masa berlaku ekstraknya habis"):
        confirm(bu_rina)


def test_a_nik_that_was_confirmed_or_that_a_later_extract_proposes_too_stays(
    pair, run, pak_tono, bu_rina, pak_hasan
):
    later = make_run(pak_hasan)
    putusan = decide(pak_tono, pair)
    with everything():
        again = make_kandidat(later, Anggota.objects.get(pk=pair.anggota_id), nik=NIK)
        Kandidat.objects.filter(pk=again.pk).update(putusan=putusan, keadaan="diterima")
    purge_ekstrak(ekstrak_id=run.ekstrak_id, alasan="uji")
    assert confirm(bu_rina).keadaan == "disetujui"
    purge_ekstrak(ekstrak_id=later.ekstrak_id, alasan="uji")
    with everything():
        assert UsulNik.objects.get().nik == NIK


def test_a_nik_that_somebody_else_has_is_not_written(pair, pak_tono, bu_rina, hendra, keluarga_serdang):
    decide(pak_tono, pair)
    with everything():
        Anggota.objects.filter(keluarga=keluarga_serdang, kepala=True).update(nik=NIK)
    with pytest.raises(Refused, match="sudah tercatat pada keluarga Efendi"):
        confirm(bu_rina)
    with everything():
        assert Anggota.objects.get(pk=hendra.pk).nik == ""
        assert UsulNik.objects.get().keadaan == "menunggu"


# --- pages ---------------------------------------------------------------------------------------


def test_the_queue_begins_with_the_strongest_evidence(
    client, run, bu_rina, keluarga_rias, keluarga_serdang, pair
):
    make_kandidat(run, Anggota_of(keluarga_serdang), jenis="sebagian", skor=0.99)
    make_kandidat(run, without_nik(keluarga_rias, "HENDRA"), urutan=2, skor=0.97)
    client.force_login(bu_rina)
    page = client.get("/padan/putusan/")
    words = shown(page)
    assert words.index("Efendi") < words.index("Hendra")
    assert words.count("Hendra") == 1  # a person stands once, with the best candidate
    assert "2 orang" in words
    assert "Zulkifli" not in words
    assert "Efendi" not in shown(client.get("/padan/putusan/?jenis=calon"))
    assert "Hendra" not in shown(client.get("/padan/putusan/?wilayah=1903012004"))


def test_an_empty_queue_says_why(client, bu_rina):
    client.force_login(bu_rina)
    assert "Tidak ada pasangan yang menunggu putusan" in shown(client.get("/padan/putusan/"))


def test_a_pair_shows_both_sides_masked_and_leaves_a_trail(client, pair, bu_rina, hendra, keluarga_rias):
    client.force_login(bu_rina)
    page = client.get(f"/padan/putusan/{pair.pk}/")
    words = shown(page)
    assert NIK not in page.content.decode()
    assert keluarga_rias.no_kk not in page.content.decode()
    assert "HENDRA" in words and "190301**********" in words
    assert "beda satu huruf" in words and "+6,1" in words and "95,0 %" in words
    assert "Siti Dukcapil" in words
    with everything():
        trail = Jejak.objects.get(aksi="lihat_orang", objek="kandidat")
    assert hendra.pk in JejakIsi.objects.get(jejak=trail, objek="anggota").ids
    assert now_of(pair).dipegang_oleh == bu_rina


def test_a_decision_leads_to_the_next_and_can_be_taken_back(client, run, pair, bu_rina, keluarga_serdang):
    second = make_kandidat(run, Anggota_of(keluarga_serdang), skor=0.9)
    client.force_login(bu_rina)
    page = client.post(f"/padan/putusan/{pair.pk}/", {"hasil": "tolak"}, follow=True)
    assert page.redirect_chain == [(f"/padan/putusan/{second.pk}/", 302)]
    assert "Tersimpan: orang lain." in shown(page)
    putusan = now_of(pair).putusan
    assert f"/padan/putusan/batal/{putusan.pk}/" in page.content.decode()
    back = client.post(f"/padan/putusan/batal/{putusan.pk}/")
    assert back.url == f"/padan/putusan/{pair.pk}/"
    assert now_of(pair).keadaan == "terbuka"


def test_the_back_button_and_a_double_click_decide_once(client, pair, bu_rina):
    client.force_login(bu_rina)
    for _ in range(2):
        assert client.post(f"/padan/putusan/{pair.pk}/", {"hasil": "tolak"}).status_code == 302
    again = client.post(f"/padan/putusan/{pair.pk}/", {"hasil": "terima"})
    assert again.status_code == 422
    assert "Sudah diputuskan orang lain oleh Rina Marlina" in shown(again)
    with everything():
        assert Putusan.objects.count() == 1


def test_who_comes_second_sees_who_holds_it_and_no_buttons(client, pair, bu_rina, bu_sinta):
    with use_territory(bu_rina):
        hold(by=bu_rina, kandidat_id=pair.pk)
    client.force_login(bu_sinta)
    page = client.get(f"/padan/putusan/{pair.pk}/")
    assert "Rina Marlina sedang memutuskan pasangan ini" in shown(page)
    assert b'name="hasil"' not in page.content
    assert client.post(f"/padan/putusan/{pair.pk}/", {"hasil": "tolak"}).status_code == 422
    answer = client.post(f"/padan/putusan/{pair.pk}/pegang/")
    assert (answer.status_code, "Rina Marlina" in answer.json()["kata"]) == (409, True)
    assert client.post(f"/padan/putusan/{pair.pk}/lepas/").status_code == 204
    assert now_of(pair).dipegang_oleh == bu_rina


def test_taking_back_somebody_elses_decision_asks_why(client, pair, bu_rina, bu_sinta):
    putusan = decide(bu_rina, pair, "tolak")
    client.force_login(bu_sinta)
    url = f"/padan/putusan/batal/{putusan.pk}/"
    assert client.post(url).status_code == 422
    assert client.post(url, {"alasan": "KK-nya menunjukkan orang yang sama"}).status_code == 302
    assert now_of(pair).keadaan == "terbuka"


def test_the_second_person_confirms_on_a_page_that_masks(client, pair, pak_tono, bu_rina, hendra):
    decide(pak_tono, pair)
    client.force_login(bu_rina)
    page = client.get("/padan/usul/")
    assert NIK not in page.content.decode()
    assert "Hendra" in shown(page)
    with everything():
        url = f"/padan/usul/{UsulNik.objects.get().pk}/"
    one = client.get(url)
    assert NIK not in one.content.decode()
    seen = re.search(r'name="dilihat" value="(\w+)"', one.content.decode())
    assert seen is not None
    assert client.post(url, {"jawaban": "setuju", "dilihat": seen[1]}).url == "/padan/usul/"
    with everything():
        assert Anggota.objects.get(pk=hendra.pk).nik == NIK


def test_ones_own_proposal_says_that_another_confirms(client, pair, bu_rina):
    decide(bu_rina, pair)
    client.force_login(bu_rina)
    with everything():
        url = f"/padan/usul/{UsulNik.objects.get().pk}/"
    assert "Petugas lain yang menyetujui" in shown(client.get(url))
    assert client.post(url, {"jawaban": "setuju"}).status_code == 422


def test_the_inbox_counts_what_waits(pair, bu_rina, bu_sinta, pak_tono):
    def waits(user):
        with use_territory(user):
            return {line.judul: line.jumlah for line in waiting_for(user)}

    assert waits(bu_rina) == {"Putuskan pasangan": 1, "Setujui NIK dari Dukcapil": 0}
    decide(bu_rina, pair)
    assert waits(bu_sinta) == {"Putuskan pasangan": 0, "Setujui NIK dari Dukcapil": 1}
    assert waits(bu_rina)["Setujui NIK dari Dukcapil"] == 0
    assert waits(pak_tono) == {"Putuskan pasangan": 0}


@pytest.mark.parametrize("page", ["/padan/putusan/", "/padan/putusan/{pk}/", "/padan/usul/"])
def test_pages_ask_as_much_of_three_pairs_as_of_twelve(
    client, run, bu_rina, pak_tono, sumber, page, django_assert_num_queries, django_assert_max_num_queries
):
    pairs = []
    for number_ in range(3):
        keluarga = make_keluarga(sumber, RIAS, 40 + number_, f"SANUSI {number_}")
        pairs.append(make_kandidat(run, Anggota_of(keluarga), skor=0.8))
    decide(pak_tono, pairs[0])
    client.force_login(bu_rina)
    url = page.format(pk=pairs[1].pk)
    client.get(url)
    with django_assert_max_num_queries(60) as few:
        client.get(url)
    for number_ in range(3, 12):
        keluarga = make_keluarga(sumber, RIAS, 40 + number_, f"SANUSI {number_}")
        decide(
            pak_tono, make_kandidat(run, Anggota_of(keluarga), skor=0.7)
        ) if number_ % 2 else make_kandidat(run, Anggota_of(keluarga), skor=0.7)
    with django_assert_num_queries(len(few)):
        client.get(url)


def test_a_proposed_nik_stands_behind_the_policy(pair, bu_rina, mbak_ayu):
    decide(bu_rina, pair)
    with use_territory(mbak_ayu), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM padan_usulnik")
        assert cursor.fetchone() == (0,)


def test_what_moved_away_since_is_no_longer_ones_pair(client, pair, bu_rina, hendra, keluarga_lalang):
    with everything():
        Anggota.objects.filter(pk=hendra.pk).update(
            keluarga=keluarga_lalang, wilayah_id=keluarga_lalang.wilayah_id
        )
    client.force_login(bu_rina)
    assert client.get(f"/padan/putusan/{pair.pk}/").status_code == 404
    assert "Hendra" not in shown(client.get("/padan/putusan/"))
    with everything():
        assert Keluarga.objects.filter(pk=keluarga_lalang.pk).exists()
