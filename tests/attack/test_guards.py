"""Take the guards of wall 1 away one by one: each time somebody must get an answer he should not get.

The policies are out of the way, so each guard stands for itself. The answers to compare with are those of
the whole code, which the access table and the differential test have proved right.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field

import openpyxl
import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import resolve

from access.models import Peran, User
from jobs.ekspor.actions import decide_ekspor, folder
from tests.attack.guards import Guard, Removal, all_guards, own_modules
from tests.attack.pages import Answer, Probe
from tests.attack.worlds import (
    EMPTY,
    add_doubles,
    add_foreign_village,
    add_moved_rows,
    add_pairs,
    answer_in,
    starting_points,
    table_probes,
    undone,
    visitor,
)
from tests.codes import give_app
from tests.conftest import LALANG_JAYA, RIAS, make_user
from tests.ekspor import ask as ask_ekspor
from tests.ekspor import make, sheet_rows

pytestmark = pytest.mark.usefixtures("swept", "db")  # a preview's tables go after the rows

OWN_FILES = {str(path) for _, path in own_modules()}
# Whoever some guard turns away: without an account, elsewhere, without import, without names, without anything.
REFUSED = ["pak_budi", "bu_lina", "mbak_ayu", "anonim", "bu_wati", "bu_sari"]
BEYOND = "a place outside one's reach is neither drawn nor counted, whatever is counted there"
GATED = "yields ids that the gate of the list has picked, or will pick from"
EVERYWHERE = "whoever may read a trail sees the whole province, or no person at all"
TWICE = "two guards stand one behind the other here, and either holds alone"
VERB = "asked again behind the view, for a row or a right lost since; its verb's own tests take it away"
DELIVERERS = (
    "parts one deliverer of extracts from another, and nobody else comes so far: tried in test_padan_ekstrak"
)
OF_HIM = "says whose rows are meant, of a user whom the guard before it has let through"
# Guards that may go without an answer changing, by how they begin, each with the reason why that is right.
EQUIVALENT = {
    "kpm.layers._people_of: Anggota.objects.visible_to(user)": BEYOND,
    "kpm.layers.KeluargaLayer.rows: within_reach(user)": BEYOND,
    "kpm.queries.current_kepesertaan: Kepesertaan.objects.visible_to(user)": BEYOND,
    "kpm.queries._from_rekap: within_reach(user)": "asked only for wilayah that the page has let through",
    "kpm.filters.Filter._words: Keluarga.objects.visible_to(user)": GATED,
    "kpm.queries.KeluargaRows._rows: Keluarga.objects.visible_to(self.user)": GATED,
    "kpm.queries.KeluargaRows._leading: Keluarga.objects.visible_to(self.user)": "takes away from what the gate let in",
    "kpm.sumber._came_from_elsewhere: Suntingan": "asked of a keluarga that the gate has let through",
    "kpm.history._Timeline._read: Peringkat.objects.visible_to(user)": "says only what gated events became",
    "kpm.filters.Filter._words: Anggota.objects.visible_to(user)": GATED,
    "kpm.history._Timeline._answers: model.objects.visible_to": "says only what gated events became",
    "kpm.queries_jawaban.answers: may_see_khusus.within(user)": TWICE,
    "kpm.queries_jawaban.keluarga_answering: within(user, 'anggota__wilayah_id')": GATED,
    "kpm.queries_jawaban._per_village: within(user, 'anggota__wilayah_id')": TWICE,
    "sentral.akun.models.SlipQuerySet.of: self.filter(pemilik=user, kedaluwarsa__gt=timezone.now())": VERB,
    "jobs.ekspor.actions._already_asked": VERB,
    "jobs.ekspor.actions.decide_ekspor": VERB,
    "jobs.ekspor.actions.withdraw_ekspor": VERB,
    "jobs.ekspor.views.ekspor_unduh: if not queries.still_may": VERB,
    "access.reveal": VERB,
    "access.actions.remove_factor": OF_HIM,
    "access.adapter.MFAAdapter": OF_HIM,
    "access.factor.spend_code": OF_HIM,
    "access.views_account.take_off_factor": VERB,
    "access.models.PenugasanQuerySet.seen_by": VERB,
    "access.volume.volume_today": OF_HIM,
    "sentral.akun.periksa._check_right: may_give_any(by)": "picks the words of a refusal",
    "sentral.akun.views.orang: may_manage_akun": "shows a button to who has come through the same right",
    "sentral.akun.views.sandi: if not queries.person_of": VERB,
    "sentral.akun.actions.last_slip_of": OF_HIM,
    "sentral.akun.views.akhiri: if penugasan.user_id": VERB,
    "kpm.measures.rank_pairs: Peringkat.objects.visible_to(user)": BEYOND,
    "kpm.views_tampilkan.keluarga_tampilkan: if not may_reveal.covers": VERB,
    "kpm.views_tampilkan._secrets": GATED,
    "sentral.views_trail._subject": EVERYWHERE,
    "sentral.views_trail.trail: Anggota.objects.visible_to(request.user)": EVERYWHERE,
    "sentral.views_trail.trail: may_answer_trail": "shows a button whose address asks again",
    "kpm.queries_urung.stays_page": "asked of one's own import; what has moved away since is tried in test_undo_pages",
    "kpm.urung.why_not_his: may_import(by)": VERB,
    "sentral.akun.queries.holders_seen_by: Penugasan.objects.seen_by(user)": TWICE,
    "sentral.akun.queries.directory: akun_area(user)": TWICE,
    "jobs.ekspor.queries.to_decide": TWICE,
    "kpm.sumber._lists_of_villages": "asked only for villages that the gate has let through",
    "kpm.layers_periode.PeriodeLayer._two: may_see_names(user)": TWICE,
    "kpm.layers_periode.PeriodeLayer.filter_form: may_see_names(user)": TWICE,
    "kpm.views_banding._compared: may_export(request.user)": "shows a button whose address asks again",
    "kpm.views_banding.banding_daftar: may_export(request.user)": "shows a button whose address asks again",
    "kpm.views.keluarga_list: may_export(request.user)": "shows a button whose address asks again",
    "kpm.views.keluarga_list: may_edit(request.user)": "shows a button whose address asks again",
    "kpm.queries_suntingan._with_undos": "says of gated lines whether they still count",
    "kpm.suntingan": VERB,
    "kpm.ganda_putusan.reaching": "each record's place is asked of the right once more, by itself",
    "kpm.ganda_putusan": VERB,
    "padan.putusan.decidable": TWICE,
    "padan.putusan": VERB,
    "padan.usul.confirmable": TWICE,
    "padan.usul": VERB,
    "padan.queries_putusan.pair_of: Anggota.objects.visible_to(user)": TWICE,
    "padan.queries_putusan.listed": GATED,
    "padan.queries_putusan.decided_today": OF_HIM,
    "padan.queries_putusan.last_own": OF_HIM,
    "padan.queries_putusan.pair_of: Hasil.objects.visible_to(user)": "asked of a family that the gate has let through",
    "padan.queries_putusan.waiting_for": TWICE,
    "padan.views_putusan.kandidat: UsulNik.objects.visible_to": "picks the words after a verb",
    "padan.views_putusan.kandidat_lepas: @requires": TWICE,
    "padan.views_putusan.kandidat_pegang: @requires": TWICE,
    "padan.views_putusan.putusan_batal": TWICE,
    "padan.views_putusan.usul: may_decide_padan(request.user)": "shows a link whose address asks again",
    "kpm.keputusan.decide_import": VERB,
    "kpm.keputusan.to_decide": "may_decide asks of each import whether it is another's and the right reaches over it",
    "kpm.queries_ganda.waiting_for": TWICE,
    "kpm.views_ganda._why_not: may_edit.within(user)": TWICE,
    "kpm.views_ganda.ganda_batal: may_edit.within(request.user)": TWICE,
    "kpm.views_ganda.ganda_batal: PutusanGanda.objects.visible_to": TWICE,
    "kpm.edit_preview": "reads what a verb has just been let through to change, and what it changed",
    "kpm.forms_ubah": VERB,
    "kpm.views_ubah._open": VERB,
    "kpm.views_ubah._after": "picks the page that is shown after a verb",
    "kpm.views_ubah.suntingan_batal: if not may_edit.covers": VERB,
    "kpm.views_ubah.suntingan_batal: Keluarga.objects.visible_to": TWICE,
    "padan.actions.start_pencocokan": VERB,
    "padan.actions.run_pencocokan: may_match(job.pemilik)": VERB,
    "padan.queries_hasil.results_of: Hasil.objects.visible_to(user)": TWICE,
    "padan.views_cocok.ekstrak_cocokkan: Ekstrak.objects.seen_by": "whoever may match sees every extract",
    "padan.views_ekstrak.ekstrak: may_match(request.user)": "shows a button whose address asks again",
    "kpm.measures.padan_pairs: Anggota.objects.visible_to(user)": BEYOND,
    "kpm.queries.belum_padan_per_village: Anggota.objects.visible_to(user)": BEYOND,
    "padan.forms.EkstrakForm.__init__: may_deliver_ekstrak.within": DELIVERERS,
    "padan.queries_ekstrak.ekstrak_rows: Ekstrak.objects.seen_by(user)": DELIVERERS,
    "padan.views_ekstrak._waiting: get_object_or_404(Ekstrak": DELIVERERS,
    "padan.queries_hasil._note_changes": "names fields of people whom the gate has let through, never a value",
    "padan.queries_hasil.People.__getitem__": TWICE,
    "padan.queries_hasil.pairs_waiting": "shows a button whose address asks again",
    "padan.queries_hasil.runs_seen_by": "names runs, which hold no person; their numbers pass the gate",
    "padan.views_hasil._run": "Dukcapil's own extracts alone: tried in test_padan_pages",
    "padan.views_hasil.jalan: may_see_names": "Dukcapil reads what the run noted itself: tried in test_padan_pages",
}


@dataclass
class Visit:
    """One person's question, its answer, and the functions of ours that took part."""

    client: Client
    person: str
    probe: Probe
    answer: Answer
    through: set[tuple[str, str]] = field(default_factory=set)

    def again(self) -> Answer:
        return answer_in(self.client)(self.probe)


@dataclass
class Export(Visit):
    """The file that a person's export would be, as its job makes it."""

    user: User | None = None
    jenis: str = "kpm_anggota"
    second: User | None = None  # who says yes, where somebody has to

    def again(self) -> Answer:
        with undone():
            try:
                rows = self.rows()
            except RuntimeError as error:  # more rows than were counted: the job refuses its own file
                return Answer(500, (), re.sub(r"\d+", "#", str(error)))
            return Answer(200, (), re.sub(r"EKSPOR \d+", "EKSPOR #", repr(rows)))

    def rows(self) -> object:
        """What the file says; of a file of points how many, and how many people live there."""
        user = User.objects.get(pk=self.user.pk)
        if self.second is None:
            return sheet_rows(make(ask_ekspor(user, self.jenis)))
        one = ask_ekspor(user, self.jenis, "gpkg" if self.jenis == "kpm_titik" else "xlsx")
        if self.jenis == "kpm_titik":
            return one.baris, one.orang
        made = make(decide_ekspor(ekspor_id=one.pk, by=self.second, setuju=True))
        book = openpyxl.load_workbook(folder() / made.berkas)
        tables = book.worksheets[:-1]  # the last has the moment in it
        return [list(table.iter_rows(values_only=True)) for table in tables]


@pytest.fixture
def visits(request, common, without_policies) -> list[Visit]:
    """All of them at every address; the operator next door also with searches, filters and maps."""
    filled = add_foreign_village(request)
    add_moved_rows(filled)
    rina = request.getfixturevalue("bu_rina")
    give_app(rina)
    session = UserSession.objects.create(user=rina, ip="127.0.0.1", user_agent="x", session_key="s" * 32)
    every = starting_points(filled)
    both = make_user("dua", "Dua Tempat", (Peran.PSM, RIAS), (Peran.PSM, LALANG_JAYA))
    table = [
        Probe("get", f"/akun/daftar/orang/{both.pk}/"),
        *table_probes(filled),
        Probe("get", f"/wilayah/{EMPTY}/"),
    ]
    doubles = add_doubles(filled, [request.getfixturevalue(name) for name in ("pak_budi", "mbak_ayu")])
    pairs = add_pairs(filled)
    table += doubles + pairs
    every += doubles + pairs
    every.append(Probe("post", f"/akun/sesi/{session.pk}/akhiri/"))
    found = []
    clients = {person: visitor(request.getfixturevalue(person)) for person in REFUSED if person != "anonim"}
    clients["anonim"] = Client(raise_request_exception=False)
    for person, client in clients.items():
        for probe in every if person == "pak_budi" else table:
            found.append(visited(Visit(client, person, probe, NOTHING)))
    for person in ("pak_budi", "mbak_ayu"):
        user = request.getfixturevalue(person)
        found.append(visited(Export(Client(), person, Probe("get", "/"), NOTHING, user=user)))
    for jenis in ("kpm_tukar_a", "kpm_tukar_d", "kpm_titik"):
        who = {"user": request.getfixturevalue("mbak_ayu"), "second": request.getfixturevalue("pak_yusuf")}
        found.append(visited(Export(Client(), "mbak_ayu", Probe("get", "/"), NOTHING, jenis=jenis, **who)))
    steady = [visit for visit in found if visit.again() == visit.answer]
    # A page that changes by itself would notice anything. A trail does: reading it is a line of its own.
    moving = {visit.probe.path for visit in found if visit not in steady}
    assert {path for path in moving if not path.startswith("/jejak/")} == set()
    assert not any(visit.answer.status == 500 for visit in steady)
    return steady


NOTHING = Answer(0, (), "")


def visited(visit: Visit) -> Visit:
    """Ask, and note which functions of our rooms were called."""

    def note(frame, event, _) -> None:
        if event == "call" and frame.f_code.co_filename in OWN_FILES:
            visit.through.add((frame.f_code.co_filename, frame.f_code.co_qualname))

    sys.setprofile(note)
    try:
        visit.answer = visit.again()
    finally:
        sys.setprofile(None)
    return visit


def noticed(guard: Guard, visits: list[Visit]) -> Visit | None:
    """The first visit whose answer changes when the guard is away."""
    removal = Removal(guard)
    place = (removal.module.__file__, guard.function)
    passing = [visit for visit in visits if place in visit.through]
    if guard.kind == "decorator":  # whoever was turned away never reached the function
        passing = [visit for visit in visits if guard.function == view_of(visit.probe)]
    with removal.applied():
        return next((visit for visit in passing if visit.again() != visit.answer), None)


def view_of(probe: Probe) -> str:
    return resolve(probe.path.split("?")[0]).func.__name__


def test_a_guard_that_is_taken_away_is_missed(visits):
    guards = all_guards()
    survivors = [str(guard) for guard in guards if not is_known(guard) and noticed(guard, visits) is None]
    assert survivors == [], "\n".join(survivors)
    assert [known for known in EQUIVALENT if not any(str(guard).startswith(known) for guard in guards)] == []
    assert len(guards) > 80


def is_known(guard: Guard) -> bool:
    return str(guard).startswith(tuple(EQUIVALENT))
