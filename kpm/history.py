"""What happened to one keluarga, as a timeline.

An event row of pghistory holds the values before a change; what they became stands in the next event
of the same row, or in the row itself. Changes of one Job, of one edit by hand, or of one user in one minute,
are one entry. Inserts are no events: a row carries the Job that made it, an edit names the rows it made.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html
from pghistory.models import Context

from access.masking import mask_nik
from access.models import User
from access.rules import may_edit, may_see_khusus
from access.scope import TerritorialQuerySet
from kpm.models import (
    Anggota,
    Impor,
    JawabanAnggota,
    JawabanKeluarga,
    Keluarga,
    Kepesertaan,
    Langkah,
    Peringkat,
    Program,
    Sumber,
    Suntingan,
)
from kpm.queries_jawaban import changed_answers
from kpm.templatetags.kpm_tags import nama_orang
from kpm.urung import TERAP
from spatial.models import Wilayah

# Fields worth a line, with their words. Bookkeeping (diubah, job_ubah, asal, nama_normal) is left out, and what padan
# found, whose own history stands in its panel.
KELUARGA = {
    "no_kk": "No. KK",
    "alamat": "Alamat",
    "dusun": "Dusun",
    "rt": "RT",
    "rw": "RW",
    "wilayah_id": "Desa",
    "status": "Status",
    "keluar_alasan": "Alasan keluar",
    "keluar_tanggal": "Keluar sejak",
    "titik": "Letak rumah",
    "titik_akurasi_m": "Ketelitian letak",
}
ANGGOTA = {
    "nama": "nama",
    "nik": "NIK",
    "nik_status": "status NIK",
    "id_dtks": "ID DTKS",
    "tanggal_lahir": "tanggal lahir",
    "tempat_lahir": "tempat lahir",
    "jenis_kelamin": "jenis kelamin",
    "hubungan": "hubungan",
    "pekerjaan": "pekerjaan",
    "nama_ibu": "nama ibu",
    "keterangan_padan": "keterangan padan",
    "status": "status",
    "keluar_tanggal": "tidak lagi sejak",
    "keluar_alasan": "alasan",
}
MASKED = {"no_kk", "nik"}
BACK = "pulih"  # an undo brought the row back (kpm/undo.py)
GONE_OR_BACK = ("delete", BACK)
MOST_CHANGES = 12


@dataclass
class Entry:
    """One point of the timeline; the names are those of templates/parts/timeline.html."""

    tanggal: datetime
    apa: str = ""
    lanjut: str = ""
    siapa: str = ""
    ubah_list: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class _Change:
    when: datetime
    job: int | None
    context: Any
    label: str
    before: str
    after: str
    edit: int | None = None


def timeline_of(keluarga: Keluarga, anggota_list: list[Anggota], user) -> list[Entry]:
    """Newest first; the last entry says how the keluarga came on the list."""
    return _Timeline(keluarga, anggota_list, user).entries()


class _Timeline:
    def __init__(self, keluarga: Keluarga, anggota_list: list[Anggota], user):
        self.keluarga, self.anggota_list, self.user = keluarga, anggota_list, user
        self.changes: list[_Change] = []
        self.wilayah: dict[str, str] = {}
        self.seen: set[int] = set()
        self.edits = edits_of(user, keluarga)
        self.sides = {edit.pasangan_id or 0: pk for pk, edit in self.edits.items() if edit.pasangan_id}
        self.names = self._people()
        self.undone = undone_of(self.edits.values())
        self.tips = self.edits.keys() - {edit.batal_dari_id for edit in self.edits.values()}
        self.made = {pk: edit.pk for edit in self.edits.values() for pk in edit.baru.get("anggota", [])}
        self.program = {p.kode: p.singkatan for p in Program.objects.all()}
        self.sumber = {s.pk: s.judul for s in Sumber.objects.all()}

    def entries(self) -> list[Entry]:
        self._read()
        contexts = Context.objects.in_bulk({c.context for c in self.changes if c.context})
        jobs = {_job_in(contexts.get(c.context)) or c.job for c in self.changes} | {self.keluarga.job_id}
        undo_list = Langkah.objects.filter(jenis=Langkah.Jenis.URUNG, job__in=jobs - {None})
        undone = {step.job_id: step for step in undo_list.select_related("impor__sumber", "job", "oleh")}
        impor = {
            i.job_id: i
            for i in Impor.objects.filter(job__in=jobs - {None}).select_related("sumber", "pemilik")
        }
        told = [one.pk for one in impor.values()] + [step.impor_id for step in undone.values()]
        self.seen = set(Impor.objects.seen_by(self.user).filter(pk__in=told).values_list("pk", flat=True))
        who = {user for context in contexts.values() if (user := _user_in(context))}
        names = dict(User.objects.filter(pk__in=who).values_list("pk", "nama"))
        grouped: dict[tuple, Entry] = {
            ("edit", pk): self._edit_entry(edit) for pk, edit in self.edits.items()
        }
        for change in sorted(self.changes, key=lambda c: c.when, reverse=True):
            context = contexts.get(change.context)
            job = _job_in(context) or change.job  # what an undo brings back names who wrote it before
            by = _user_in(context)
            edit = change.edit or _edit_in(context)
            edit = self.sides.get(edit or 0, edit)
            key = ("job", job) if job else ("user", by, change.when.replace(second=0, microsecond=0))
            if edit:
                key = ("edit", edit)
            if key not in grouped:
                name = names.get(by, "") if by else ""
                grouped[key] = (
                    self._undo_entry(change.when, undone[job])
                    if job in undone
                    else self._entry(change.when, impor.get(job or 0), name)
                )
            grouped[key].ubah_list.append(
                {"label": change.label, "dulu": change.before, "kini": change.after}
            )
        self._say_moves(grouped)
        found = sorted(grouped.values(), key=lambda entry: entry.tanggal, reverse=True)
        for entry in found:
            if len(entry.ubah_list) > MOST_CHANGES:
                entry.lanjut = format_html("{}, {} perubahan", entry.lanjut, len(entry.ubah_list))
                del entry.ubah_list[MOST_CHANGES:]
        if any(self.keluarga.pk in edit.baru.get("keluarga", []) for edit in self.edits.values()):
            return found  # made by hand: its first entry is there
        return [*found, self._first(impor.get(self.keluarga.job_id or 0))]

    def _people(self) -> dict[int, str]:
        """Names of everybody an edit is about, also of those who are in another keluarga by now."""
        known = {anggota.pk: nama_orang(anggota.nama) for anggota in self.anggota_list}
        others = {pk for edit in self.edits.values() for pk in edit.anggota_ids} - known.keys()
        rows = Anggota.objects.visible_to(self.user).filter(pk__in=others) if others else []
        return known | {anggota.pk: nama_orang(anggota.nama) for anggota in rows}

    def _say_moves(self, grouped: dict[tuple, Entry]) -> None:
        """Where a keluarga came from: the event of it stays in the old village, the line of the edit came along."""
        moves = {pk: edit for pk, edit in self.edits.items() if edit.jenis == Suntingan.Jenis.PINDAH}
        codes = {edit.rincian.get(side) or "" for edit in moves.values() for side in ("dari", "ke")}
        places = Wilayah.objects.filter(pk__in=codes).select_related("induk") if moves else []
        names = {w.kode: ", ".join(p.nama_lengkap for p in (w, w.induk) if p) for w in places}
        for pk, edit in moves.items():
            entry = grouped["edit", pk]
            if not any(change["label"] == KELUARGA["wilayah_id"] for change in entry.ubah_list):
                dulu, kini = (names.get(edit.rincian.get(side) or "", "") for side in ("dari", "ke"))
                entry.ubah_list.append({"label": "Desa", "dulu": dulu, "kini": kini})

    def _edit_entry(self, edit: Suntingan) -> Entry:
        """What was done by hand, to whom, why, on which paper."""
        names = [self.names.get(pk, "") for pk in edit.anggota_ids]
        who = f": {', '.join(filter(None, names))}" if any(names) else ""
        undone = ", sudah dibatalkan" if edit.pk in self.undone else ""
        why = "; ".join(filter(None, [edit.alasan_tertulis, edit.dasar_tertulis]))
        return Entry(
            edit.dibuat,
            apa=said_of(edit, self.edits),
            lanjut=f"{who}{undone}",
            siapa=format_html("{}. {}{}", edit.oleh.nama, why, self._way_to_undo(edit)),
        )

    def _way_to_undo(self, edit: Suntingan) -> str:
        """A link to its undo, for who may; of a chain of undos only the last one can be taken back."""
        within = all(may_edit.covers(self.user, place) for place in edit.desa_list)
        if edit.pk not in self.tips or edit.pasangan_id or not within:
            return ""
        words = (
            "Kembalikan perubahan ini…" if edit.jenis == Suntingan.Jenis.BATAL else "Batalkan perubahan ini…"
        )
        url = reverse("kpm:suntingan_batal", args=[edit.pk])
        return format_html(' <a class="no-print" href="{}">{}</a>', url, words)

    def _entry(self, when: datetime, impor: Impor | None, name: str) -> Entry:
        if impor is None:
            return Entry(when, apa="Diubah", siapa=name)
        return Entry(
            when,
            apa=f"Impor {impor.sumber.judul}",
            lanjut=self._report(impor),
            siapa=name or impor.pemilik.nama,
        )

    def _undo_entry(self, when: datetime, step: Langkah) -> Entry:
        done = "diterapkan lagi" if step.job.parameter["arah"] == TERAP else "diurungkan"
        judul = f"Impor {step.impor.sumber.judul} {done}"
        return Entry(when, apa=judul, lanjut=self._report(step.impor), siapa=step.oleh.nama)

    def _first(self, impor: Impor | None) -> Entry:
        keluarga = self.keluarga
        if impor is None:
            return Entry(
                keluarga.dibuat, apa="Masuk daftar", lanjut=f", sumber {self.sumber[keluarga.sumber_id]}"
            )
        return Entry(
            keluarga.dibuat,
            apa="Masuk daftar",
            lanjut=format_html(" lewat impor {}{}", impor.sumber.judul, self._report(impor)),
            siapa=impor.pemilik.nama,
        )

    def _report(self, impor: Impor) -> str:
        """A link to the report, for the one who may open it."""
        if impor.pk not in self.seen:
            return ""
        return format_html(' · <a href="{}">laporannya</a>', reverse("kpm:impor", args=[impor.pk]))

    # --- reading ---

    def _read(self) -> None:
        keluarga, user = self.keluarga, self.user
        self._follow(Keluarga, Q(pgh_obj=keluarga.pk), {keluarga.pk: keluarga}, KELUARGA, lambda row: "")
        now = {anggota.pk: anggota for anggota in self.anggota_list}
        self._follow(
            Anggota,
            Q(keluarga_id=keluarga.pk) | Q(pgh_obj__in=list(now)),
            now,
            ANGGOTA,
            lambda row: f"{nama_orang(row.nama)}, ",
        )
        for anggota in self.anggota_list:
            edit = self.made.get(anggota.pk)
            if anggota.job_id != keluarga.job_id or edit:
                name = nama_orang(anggota.nama)
                self._note(anggota.dibuat, anggota.job_id, None, "Anggota", "", name, edit)
        taking = list(Kepesertaan.objects.visible_to(user).filter(keluarga=keluarga))
        self._programmes(taking)
        ranks = list(Peringkat.objects.visible_to(user).filter(keluarga=keluarga).order_by("sumber__periode"))
        self._follow(
            Peringkat,
            Q(keluarga_id=keluarga.pk),
            {rank.pk: rank for rank in ranks},
            {"desil": "Desil", "persentil": "Persentil"},
            lambda row: "",
        )
        self._answers(JawabanKeluarga, "keluarga_id", {keluarga.pk: ""})
        self._answers(JawabanAnggota, "anggota_id", {pk: f"{nama_orang(a.nama)}, " for pk, a in now.items()})
        self._name_wilayah()

    def _answers(self, model, owner: str, prefix: dict[int, str]) -> None:
        """Answers of a questionnaire that changed, question by question; specific data for those who may see them."""
        wanted = Q(**{f"{owner}__in": list(prefix)})
        states: dict[int, list] = defaultdict(list)
        for event in self._events(model).filter(wanted, pgh_label="update").order_by("pgh_id"):
            states[event.pgh_obj_id].append(event)
        if not states:
            return
        now = model.objects.visible_to(self.user).in_bulk(list(states))
        may = may_see_khusus.covers(self.user, self.keluarga.wilayah_id)
        for pk, chain in states.items():
            for event, later in zip(chain, [*chain[1:], now.get(pk)], strict=True):
                for one, before, after in changed_answers(event, later, may):
                    label = prefix[getattr(event, owner)] + one.nama
                    self._note(event.pgh_created_at, None, event.pgh_context_id, label, before, after)

    def _events(self, model) -> TerritorialQuerySet:
        """The event rows of a register, through the gate: what happened elsewhere stays there."""
        return TerritorialQuerySet(model.pgh_event_model).visible_to(self.user)

    def _follow(self, model, wanted: Q, now: dict[int, Any], words: dict[str, str], prefix) -> None:
        """Turn the events of some rows into changes: each against the next state of the same row."""
        events = self._events(model).filter(wanted).order_by("pgh_id")
        states: dict[int, list] = defaultdict(list)
        for event in events:
            states[event.pgh_obj_id].append(event)
        for pk, chain in states.items():
            for event, later in zip(chain, [*chain[1:], now.get(pk)], strict=True):
                if event.pgh_label in GONE_OR_BACK:
                    shown = ["", self._shown(event)] if event.pgh_label == BACK else [self._shown(event), ""]
                    self._note(event.pgh_created_at, None, event.pgh_context_id, self._called(event), *shown)
                elif later is not None:
                    job = getattr(later, "job_ubah_id", None)
                    for name, label in words.items():
                        before, after = getattr(event, name), getattr(later, name)
                        if before != after:
                            self._note(
                                event.pgh_created_at,
                                job,
                                event.pgh_context_id,
                                prefix(later) + label if prefix(later) else label,
                                self._written(name, before),
                                self._written(name, after),
                            )

    @staticmethod
    def _called(event) -> str:
        model = event.pgh_tracked_model
        return str(model._meta.verbose_name).removesuffix(" keluarga").capitalize()

    @staticmethod
    def _shown(event) -> str:
        if hasattr(event, "nama"):
            return nama_orang(event.nama)
        return "ada di daftar" if hasattr(event, "no_kk") else str(event.desil or event.persentil or "")

    def _programmes(self, taking: list[Kepesertaan]) -> None:
        """Programmes joined after the first import, and left since; once per programme and moment."""
        name = {anggota.pk: nama_orang(anggota.nama) for anggota in self.anggota_list}
        joined: dict[tuple, list[str]] = defaultdict(list)
        for one in taking:
            if one.job_id != self.keluarga.job_id:
                joined[one.dibuat, one.job_id, one.program_id].append(name.get(one.anggota_id or 0, ""))
        for (when, job, program), people in joined.items():
            self._note(when, job, None, "Program", "", self._programme(program, people))
        left: dict[tuple, list[str]] = defaultdict(list)
        events = self._events(Kepesertaan).filter(keluarga_id=self.keluarga.pk, pgh_label__in=GONE_OR_BACK)
        for event in events:
            left[event.pgh_created_at, event.pgh_context_id, event.pgh_label, event.program_id].append(
                name.get(event.anggota_id, "")
            )
        for (when, context, label, program), people in left.items():
            words = self._programme(program, people)
            self._note(when, None, context, "Program", *(("", words) if label == BACK else (words, "")))

    def _programme(self, kode: str, people: Iterable[str]) -> str:
        who = ", ".join(sorted(filter(None, people)))
        name = self.program.get(kode, kode)
        return f"{name} ({who})" if who else name

    def _note(self, when, job, context, label, before, after, edit=None) -> None:
        self.changes.append(_Change(when, job, context, label, before, after, edit))

    def _written(self, name: str, value) -> str:
        if value in (None, ""):
            return ""
        if name in MASKED:
            return mask_nik(value)
        if name == "wilayah_id":
            self.wilayah.setdefault(value, value)
            return value
        if name == "titik":
            return f"{value.y:.5f}, {value.x:.5f}"
        if name == "titik_akurasi_m":
            return f"{value} m"
        if name == "nik_status":
            return str(dict(Anggota.NikStatus.choices).get(value, value))
        if name in {"tanggal_lahir", "keluar_tanggal"}:
            return f"{value:%d-%m-%Y}"
        return str(value)

    def _name_wilayah(self) -> None:
        """Codes of villages become their names, all at once."""
        if not self.wilayah:
            return
        names = {w.kode: w.nama_lengkap for w in Wilayah.objects.filter(kode__in=self.wilayah)}
        self.changes = [
            replace(c, before=names.get(c.before, c.before), after=names.get(c.after, c.after))
            for c in self.changes
        ]


def _job_in(context: Context | None) -> int | None:
    return context.metadata.get("job") if context else None


def undone_of(edits: Iterable[Suntingan]) -> set[int]:
    """The edits that do not count any more: undone, and that not undone in its turn."""
    undone: set[int] = set()
    for edit in sorted(edits, key=lambda one: -one.pk):
        if edit.batal_dari_id and edit.pk not in undone:
            undone.add(edit.batal_dari_id)
    return undone


def said_of(edit: Suntingan, edits: Mapping[int, Suntingan]) -> str:
    """What an edit was; of an undo also what it took back."""
    before = edits.get(edit.batal_dari_id or 0)
    if before is None:
        return edit.get_jenis_display()
    words = "Dikembalikan" if before.jenis == Suntingan.Jenis.BATAL else "Dibatalkan"
    while before is not None and before.jenis == Suntingan.Jenis.BATAL:
        before = edits.get(before.batal_dari_id or 0)
    return f"{words}: {before.get_jenis_display()}" if before else words


def _edit_in(context: Context | None) -> int | None:
    return context.metadata.get("suntingan") if context else None


def edits_of(user, keluarga: Keluarga) -> dict[int, Suntingan]:
    """The changes made by hand to one keluarga, newest first: as the one it is about, or as the other one."""
    rows = Suntingan.objects.visible_to(user).select_related("oleh").order_by("-pk")
    about = Q(keluarga_id=keluarga.pk) | Q(keluarga_lain_id=keluarga.pk)
    here = rows.exclude(jenis=Suntingan.Jenis.PINDAH_KELUAR)  # said by the line of the new village
    found = {edit.pk: edit for edit in here.filter(about)}
    return {
        pk: edit for pk, edit in found.items() if edit.pasangan_id not in found
    }  # once, though both are seen


def _user_in(context: Context | None) -> int | None:
    return context.metadata.get("user") if context else None
