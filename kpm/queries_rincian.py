"""The rows of a preview, out of its staged tables: who, where, what becomes of him, field by field.

The staged tables stand behind a policy of their own: their importer's session reads them, and one that sees all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple, cast

from django.core.paginator import Page, Paginator
from django.db import ProgrammingError, connection, transaction
from django.utils.functional import cached_property
from psycopg2 import sql
from psycopg2.errors import UndefinedTable

from access.masking import mask_nik
from access.rules import may_see_khusus
from access.scope import territory_of
from kpm.aturan import LABELS, Aturan, layout_of
from kpm.imports import PROGRAM
from kpm.linked import row_name
from kpm.models import Anggota, Impor, Keluarga, Program, written_day
from kpm.pratinjau import GOLONGAN, border
from kpm.queries_impor import UNKNOWN
from kpm.queries_jawaban import changed_answers
from kpm.templatetags.kpm_tags import nama_orang
from kpm.verdicts import bits, rejected_for
from spatial.models import Wilayah

PAGE = 25
WORDS = {
    "baru": "baru",
    "berubah": "berubah",
    "tetap": "tetap",
    "hilang": "tidak ada di berkas",
    "ditolak": "ditolak",
    "ditahan": "ditahan",
}
# What each source says in rows of its own, beside the fields of a keluarga or person: it makes nobody berubah.
SAMPING = {
    "program": "Program",
    "desil": "Desil",
    "persentil": "Persentil",
    "peringkat": "Peringkat nasional",
    "jawaban": "Jawaban kuesioner",
}
UNITS = {"anggota": "orang", "keluarga": "keluarga"}
KINDS = {"program": "program", "jawaban": "jawaban"}  # the others are ranks
_PREFIX = re.compile(r"job_\d+_\d+")
_VILLAGE = re.compile(r"\d{0,10}")
NOWHERE = "tanpa"  # asked for in place of a wilayah: rows whose village is not known


@dataclass(frozen=True)
class Asked:
    """Which rows of a preview: of persons or keluarga, golongan, wilayah, field."""

    apa: str = "anggota"
    golongan: str = ""
    wilayah: str = ""
    isian: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Asked:
        """What an address asks for; what is not offered is left out."""
        apa = query.get("apa", "")
        golongan, wilayah, isian = (query.get(name, "") for name in ("golongan", "wilayah", "isian"))
        return cls(
            apa=apa if apa in UNITS else "anggota",
            golongan=golongan if golongan in WORDS else "",
            wilayah=wilayah if wilayah == NOWHERE or _VILLAGE.fullmatch(wilayah) else "",
            isian=isian if isian in LABELS or isian in SAMPING else "",
        )

    @property
    def heading(self) -> str:
        """ "Orang yang berubah"; "Semua keluarga"."""
        unit = UNITS[self.apa].capitalize()
        if self.isian in SAMPING and not self.golongan:
            return f"{unit}, perubahan {SAMPING[self.isian].lower()}"
        return f"{unit} yang {WORDS[self.golongan]}" if self.golongan else f"Semua {UNITS[self.apa]}"


@dataclass
class Row:
    """One line: who, where, what becomes of him, field by field."""

    nama: str
    golongan: str
    wilayah_id: str
    nomor: str
    baris: str  # as people are told of it; "" for whom no row names
    keluarga_id: int | None
    tolak: list[str]
    ubah: list[dict[str, str]] = field(default_factory=list)
    tempat: str = ""
    keluar: bool = False
    kepala_saja: bool = False  # missing, but the only head: stays
    jawaban: list[dict[str, str]] = field(default_factory=list)
    khusus: bool = False  # answers change that this reader may not see
    hanya: str = ""  # the only thing that changes: "program", "peringkat dan jawaban"


class States(NamedTuple):
    """Answers to one questionnaire, as a row of a register holds them."""

    instrumen: str
    isi: dict[str, str]


class PreviewGone(Exception):
    """Its tables are swept away, were lost in a crash of the database, or its importer works elsewhere by now."""


class Rows:
    """The rows of a preview that an address asks for, page by page. Raises PreviewGone."""

    def __init__(self, impor: Impor, user, asked: Asked):
        tabel = impor.tinjauan.get("tabel", {})
        self.impor, self.user, self.asked = impor, user, asked
        own = territory_of(user)
        if not own.semua and tabel and impor.tinjauan.get("batas") != border(own):
            raise PreviewGone
        names = {
            "tinjau": f"{tabel.get('tinjau', '')}_tinjau_{asked.apa}",
            "periksa": f"{tabel.get('nilai', '')}_periksa",
        }
        for prefix in (tabel.get("tinjau", ""), tabel.get("nilai", "")):
            if not _PREFIX.fullmatch(prefix):
                raise PreviewGone
        self.tables = {name: sql.Identifier("staging", table) for name, table in names.items()}
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT bool_and(to_regclass('staging.' || quote_ident(t)) IS NOT NULL),"
                " EXISTS (SELECT FROM pg_attribute WHERE attname = 'samping'"
                " AND attrelid = to_regclass('staging.' || quote_ident(%s))) FROM unnest(%s) AS t",
                [names["tinjau"], list(names.values())],
            )
            if not all(cursor.fetchone()):  # one made by an earlier release lacks columns
                raise PreviewGone

    def page(self, number: str | None) -> tuple[Page, list[Row]]:
        """One page of rows, with the names of their places."""
        page: Page = Paginator(cast(Any, self), PAGE).get_page(number)
        return page, self._read(list(page.object_list))

    # what Paginator asks of a list

    @cached_property
    def total(self) -> int:
        with connection.cursor() as cursor:
            self._execute(cursor, "SELECT count(*) FROM {tinjau} AS t WHERE {dipilih}", {})
            return cursor.fetchone()[0]

    def count(self) -> int:
        return self.total

    def __len__(self) -> int:
        return self.total

    def __getitem__(self, places: slice) -> list[dict[str, Any]]:
        columns = {"anggota": "t.anggota_id, t.tolak", "keluarga": "NULL::bigint AS anggota_id, 0 AS tolak"}
        statement = (
            "SELECT t.baris, t.kunci, t.catatan, t.wilayah_id, t.golongan, t.keluarga_id, t.ubah, t.ditahan,"
            f" {columns[self.asked.apa]}, t.samping,"
            " to_jsonb(p) AS berkas FROM (SELECT * FROM {tinjau} AS t WHERE {dipilih}"
            " ORDER BY t.baris, t.wilayah_id, t.keluarga_id OFFSET %(dari)s LIMIT %(banyak)s) AS t"
            " LEFT JOIN {periksa} AS p ON p.baris = t.baris ORDER BY t.baris, t.wilayah_id, t.keluarga_id"
        )
        limits = {"dari": places.start, "banyak": places.stop - places.start}
        with connection.cursor() as cursor:
            self._execute(cursor, statement, limits)
            names = [column[0] for column in cursor.description]
            found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        for one in found:  # Django leaves jsonb of plain SQL as text
            for name in ("ubah", "samping", "berkas"):
                one[name] = json.loads(one[name] or "{}")
        return found

    def _execute(self, cursor, statement: str, parameters: dict[str, Any]) -> None:
        asked = self.asked
        chosen = [sql.SQL("true")]
        if asked.golongan == "ditahan":
            # of a missing keluarga its people are not held back one by one
            whole = sql.SQL(" AND (t.golongan <> 'hilang' OR t.kunci IS NOT NULL)")
            chosen.append(
                sql.SQL("t.ditahan IS NOT NULL") + (whole if asked.apa == "anggota" else sql.SQL(""))
            )
        elif asked.golongan:
            chosen.append(sql.SQL("t.golongan = %(golongan)s"))
        if asked.wilayah == NOWHERE:
            chosen.append(sql.SQL("coalesce(t.wilayah_id, '') = ''"))
        elif asked.wilayah:
            chosen.append(sql.SQL("t.wilayah_id >= %(wilayah)s AND t.wilayah_id < %(wilayah)s || ':'"))
        if asked.isian and asked.golongan == "ditahan":
            chosen.append(sql.SQL("%(isian)s = ANY (t.ditahan)"))
        elif asked.isian in SAMPING:
            chosen.append(sql.SQL("t.samping ? %(isian)s"))
        elif asked.isian:
            chosen.append(sql.SQL("t.ubah ? %(isian)s"))
        composed = sql.SQL(statement).format(dipilih=sql.SQL(" AND ").join(chosen), **self.tables)
        known = {"golongan": asked.golongan, "wilayah": asked.wilayah, "isian": asked.isian}
        try:
            with transaction.atomic():
                cursor.execute(composed.as_string(connection.connection), parameters | known)
        except ProgrammingError as error:
            if isinstance(error.__cause__, UndefinedTable):  # dropped since it was looked for
                raise PreviewGone from error
            raise

    # from records to lines

    def _read(self, found: list[dict[str, Any]]) -> list[Row]:
        registered = self._registered(found)
        heads = self._heads(found)
        codes = {one["wilayah_id"] for one in found} | {
            kode for one in found for kode in one["ubah"].get("wilayah", []) if kode
        }
        names = {w.kode: w.nama for w in Wilayah.objects.filter(pk__in=codes - {None})}
        aturan, sheets = Aturan.of(self.impor), layout_of(self.impor).sheets
        programmes = self._programmes()
        rows = []
        for one in found:
            berkas, row = one["berkas"], registered.get(self._own_id(one) or 0)
            nama = berkas.get("nama") or getattr(row, "nama", "") or heads.get(one["keluarga_id"], "")
            number = berkas.get("nik" if self.asked.apa == "anggota" else "no_kk")
            number = number or getattr(row, "nik" if self.asked.apa == "anggota" else "no_kk", "") or ""
            beside = one["samping"]
            lines, shut = self._answers(one)
            rows.append(
                Row(
                    nama=nama_orang(nama) or "(tanpa nama)",
                    golongan=one["golongan"],
                    wilayah_id=one["wilayah_id"] or "",
                    nomor=mask_nik(number) if number else "",
                    baris=row_name(one["baris"], sheets) if one["baris"] else "",
                    keluarga_id=one["keluarga_id"],
                    tolak=[verdict.judul for verdict in rejected_for(one["tolak"])],
                    ubah=[
                        *(_changed(name, pair[0], pair[1], names) for name, pair in one["ubah"].items()),
                        *(_held(name, row, berkas, names) for name in one["ditahan"] or []),
                        *(
                            self._beside(name, beside[name], programmes)
                            for name in beside
                            if name != "jawaban"
                        ),
                    ],
                    tempat=names.get(one["wilayah_id"], ""),
                    keluar=_leaves(one, aturan),
                    kepala_saja=_stays_head(one),
                    jawaban=lines,
                    khusus=shut,
                    hanya=_kinds(beside) if one["golongan"] == "tetap" else "",
                )
            )
        return rows

    def _programmes(self) -> list[str]:
        """What pages call the programmes, in the order of their bits."""
        if self.asked.apa != "anggota":
            return []
        names = dict(Program.objects.values_list("kode", "singkatan"))
        return [names.get(kode, kode) for kode in PROGRAM]

    def _beside(self, name: str, pair: list[int | None], programmes: list[str]) -> dict[str, str]:
        """A rank before and after; the programmes that go and those that come."""
        label = f"{SAMPING[name]} menurut {self.impor.sumber.judul}"
        if name != "program":
            return _changed(name, pair[0], pair[1], {}) | {"label": label}
        gone, come = (
            ", ".join(one for place, one in enumerate(programmes) if (mask or 0) >> place & 1)
            for mask in pair
        )
        return _changed(name, gone, come, {}) | {"label": label}

    def _answers(self, one: dict[str, Any]) -> tuple[list[dict[str, str]], bool]:
        """The answers that change, in words; and whether some do that this reader may not see, here or where he comes
        from."""
        places = {one["wilayah_id"], *one["ubah"].get("wilayah", [])}
        may = all(may_see_khusus.covers(self.user, kode) for kode in places)
        lines, shut = [], False
        for instrumen, (dulu, kini) in one["samping"].get("jawaban", {}).items():
            before, after = (States(instrumen, isi or {}) for isi in (dulu, kini))
            changed = list(changed_answers(before, after, may=True))
            shown = [line for line in changed if may or not line[0].khusus]
            lines += [{"label": asked.nama, "dulu": was, "kini": now} for asked, was, now in shown]
            shut |= len(shown) < len(changed)
        return lines, shut

    def _own_id(self, one: dict[str, Any]) -> int | None:
        return one["anggota_id"] if self.asked.apa == "anggota" else one["keluarga_id"]

    def _registered(self, found: list[dict[str, Any]]) -> dict[int, Any]:
        model = Anggota if self.asked.apa == "anggota" else Keluarga
        ids = [pk for one in found if (pk := self._own_id(one))]
        return model.objects.visible_to(self.user).in_bulk(ids)

    def _heads(self, found: list[dict[str, Any]]) -> dict[int, str]:
        """Names of the heads of keluarga that no row of the file speaks for."""
        ids = [one["keluarga_id"] for one in found if not one["berkas"]]
        people = Anggota.objects.visible_to(self.user).filter(keluarga__in=ids, kepala=True, status="aktif")
        return dict(people.order_by("-pk").values_list("keluarga", "nama"))


def place_name(kode: str) -> str:
    """The name of the wilayah that rows are narrowed to; "" for all."""
    if kode == NOWHERE:
        return UNKNOWN
    return next((w.nama_lengkap for w in Wilayah.objects.filter(pk=kode)), "") if kode else ""


def fields_to_pick(impor: Impor, asked: Asked) -> list[dict[str, Any]]:
    """Fields by which changed or held rows can be narrowed, or all rows by programmes and ranks; with how many there
    are in the whole file."""
    kind = {"": "samping", "berubah": "ubah", "ditahan": "ditahan"}.get(asked.golongan)
    counts = impor.tinjauan.get(kind, {}).get(asked.apa, {}) if kind else {}
    return [
        {"isian": name, "label": (LABELS | SAMPING).get(name, name), "banyak": n, "kini": name == asked.isian}
        for name, n in sorted(counts.items(), key=lambda item: -item[1])
    ]


def golongan_to_pick(impor: Impor, asked: Asked) -> list[dict[str, Any]]:
    """The golongan that rows can be narrowed to, with how many there are in the whole file."""
    known = impor.tinjauan["golongan"][asked.apa]
    counts = {name: known[name] for name in GOLONGAN if (asked.apa, name) != ("keluarga", "ditolak")}
    held = sum(impor.tinjauan["ditahan"][asked.apa].values())
    offered = counts | ({"ditahan": None} if held else {})
    return [
        {"golongan": name, "label": WORDS[name], "banyak": n, "kini": name == asked.golongan}
        for name, n in offered.items()
        if n != 0 or name == asked.golongan
    ]


def named_ids(rows: Iterable[dict[str, Any]]) -> dict[str, list[int]]:
    """Which known persons and keluarga a page shows, for the trail."""
    found = list(rows)
    return {
        "keluarga": sorted({one["keluarga_id"] for one in found if one["keluarga_id"]}),
        "anggota": sorted({one["anggota_id"] for one in found if one["anggota_id"]}),
    }


def _leaves(one: dict[str, Any], aturan: Aturan) -> bool:
    """True when the rules take this one off: a keluarga with its people, or, with a kunci, a person alone."""
    takes = aturan.takes_off if one["kunci"] is None else aturan.takes_members
    return one["golongan"] == "hilang" and takes and not one["ditahan"] and not _stays_head(one)


def _stays_head(one: dict[str, Any]) -> bool:
    return one["golongan"] == "hilang" and bool((one["catatan"] or 0) & bits()["TANPA_KEPALA"])


def _kinds(samping: dict[str, Any]) -> str:
    """What a row changes beside its fields: "program dan jawaban"."""
    return " dan ".join(dict.fromkeys(KINDS.get(name, "peringkat") for name in SAMPING if name in samping))


def _changed(name: str, before: Any, after: Any, names: dict[str, str]) -> dict[str, str]:
    return {
        "label": LABELS.get(name, name),
        "dulu": _written(name, before, names),
        "kini": _written(name, after, names),
        "ditahan": "",
    }


def _held(name: str, row: Any, berkas: dict[str, Any], names: dict[str, str]) -> dict[str, str]:
    """A field that stays as an officer or a visit wrote it, and what the file would have made of it."""
    column = {"wilayah": "wilayah_id", "keluarga": "no_kk"}.get(name, name)
    present = getattr(row, column, "") if row is not None else ""
    who = (getattr(row, "asal", None) or {}).get(name, {}).get("oleh", "petugas")
    return {
        "label": LABELS.get(name, name),
        "dulu": _written(name, present, names),
        "kini": "" if name == "status" else _written(column, berkas.get(column), names),
        "ditahan": "hasil verval" if who == "verval" else "ditulis petugas",
    }


def _written(name: str, value: Any, names: dict[str, str]) -> str:
    """A value as pages write it: numbers masked, places by name, dates in words."""
    if value in (None, ""):
        return ""
    if name in {"nik", "no_kk", "keluarga"}:
        return mask_nik(str(value))
    if name in {"wilayah", "wilayah_id"}:
        return names.get(str(value), str(value))
    if name == "tanggal_lahir":
        return written_day(value if isinstance(value, date) else date.fromisoformat(str(value)))
    if isinstance(value, bool):
        return "ya" if value else "bukan"
    return str(value)
