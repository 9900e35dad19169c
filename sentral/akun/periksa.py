"""What becomes of each row of a list: a new account, a further penugasan, nothing new, or refused and why.

The preview and the job that writes ask the same question here, each at its own time.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from django.db import connection, models
from django.utils import timezone
from psycopg2 import sql

from access.models import Penugasan, Peran, User
from access.names import free_username, plain
from access.rules import TINGKAT_PERAN, may_add_to, may_give, may_give_any
from access.scope import penugasan_of
from sentral.akun.daftar import ListRow, read_date, read_peran, read_phone
from sentral.templatetags.sentral_tags import tanggal
from spatial.models import SEBUTAN, Ejaan, Wilayah
from spatial.queries import resolve_sql

LEVELS: dict[str, str] = {
    Wilayah.Tingkat.PROVINSI: "provinsi",
    Wilayah.Tingkat.KABUPATEN_KOTA: "kabupaten atau kota",
    Wilayah.Tingkat.KECAMATAN: "kecamatan",
    Wilayah.Tingkat.DESA_KELURAHAN: "desa atau kelurahan",
}
LONGEST_NAME = 120
_KODE = re.compile(r"\d{2}(?:\.?\d{2}(?:\.?\d{2}(?:\.?\d{4})?)?)?", re.ASCII)


class Hasil(models.TextChoices):
    """What becomes of a row."""

    DITOLAK = "ditolak", "Ditolak"
    BARU = "baru", "Akun baru"
    TAMBAH = "tambah", "Penugasan tambahan"
    TETAP = "tetap", "Sudah ada"


WRITTEN = frozenset({Hasil.BARU, Hasil.TAMBAH})
# Why nothing is written for a row that would change nothing.
ALREADY = "Orang ini sudah punya akun dan penugasan yang sama. Tidak ada yang ditambahkan."


@dataclass
class Verdict:
    """A row and what becomes of it. `kolom`: the fields to mend.  `username`: the one it would get now."""

    row: ListRow
    hasil: str = Hasil.DITOLAK
    alasan: str = ""
    kolom: tuple[str, ...] = ()
    catatan: str = ""
    nama: str = ""
    telepon: str = ""
    peran: str = ""
    wilayah: Wilayah | None = None
    mulai: date | None = None
    selesai: date | None = None
    user: User | None = None
    username: str = ""

    @property
    def peran_label(self) -> str:
        return Peran(self.peran).label if self.peran else self.row.of("peran")

    @property
    def key(self) -> tuple[str, str]:
        """What makes two rows the same person."""
        return self.telepon, plain(self.nama)


class RowRefused(Exception):
    """One row cannot be taken: the reason, and the fields to mend."""

    def __init__(self, alasan: str, *kolom: str):
        super().__init__(alasan)
        self.alasan, self.kolom = alasan, kolom


def judge(rows: Iterable[ListRow], by: User) -> list[Verdict]:
    """The verdict on every row, in the order of the file. Writes nothing; the same few queries for any list."""
    verdicts = [Verdict(row) for row in rows]
    live = [verdict for verdict in verdicts if _passes(verdict, _read)]
    places = Places(live, _own_kabupaten(by))
    live = [verdict for verdict in live if _passes(verdict, places.fill)]
    live = [verdict for verdict in live if _passes(verdict, lambda v: _check_right(v, by))]
    people = People(live)
    seen: dict[tuple[str, str], int] = {}
    for verdict in live:
        _passes(verdict, lambda v: _decide(v, by, people, seen))
    return verdicts


def _passes(verdict: Verdict, step) -> bool:
    try:
        step(verdict)
    except RowRefused as refusal:
        verdict.hasil, verdict.alasan, verdict.kolom = Hasil.DITOLAK, refusal.alasan, refusal.kolom
        return False
    return True


# --- the cells -------------------------------------------------------------------------------------


def _read(v: Verdict) -> None:
    """Name, telephone, peran and dates, each alone."""
    v.nama = v.row.of("nama")
    if not v.nama:
        raise RowRefused("Nama belum diisi.", "nama")
    if len(v.nama) > LONGEST_NAME or sum(c.isalpha() for c in v.nama) < 2:
        raise RowRefused("Ini bukan nama orang. Tulis nama lengkapnya dengan huruf.", "nama")
    if any(c.isdigit() for c in v.nama):
        raise RowRefused("Nama berisi angka. Tulis namanya saja.", "nama")
    v.telepon = _phone(v.row.of("telepon"))
    v.peran = _peran(v.row.of("peran"))
    today = timezone.localdate()
    v.mulai = _date(v.row.of("mulai"), "mulai") or today
    v.selesai = _date(v.row.of("selesai"), "selesai")
    if v.selesai and v.selesai < v.mulai:
        raise RowRefused("Tanggal selesai mendahului tanggal mulai.", "mulai", "selesai")
    if v.selesai and v.selesai < today:
        raise RowRefused("Tanggal selesai sudah lewat.", "selesai")


def _phone(text: str) -> str:
    if not text:
        raise RowRefused(
            "Nomor telepon belum diisi. Nomor ini membedakan orang yang namanya sama.", "telepon"
        )
    phone = read_phone(text)
    if phone is None:
        damaged = " Excel mengubahnya menjadi angka; jadikan kolomnya teks." if "E+" in text.upper() else ""
        raise RowRefused(f"Nomor telepon harus 9 sampai 14 angka dan diawali 0 atau +62.{damaged}", "telepon")
    return phone


def _peran(text: str) -> str:
    if not text:
        raise RowRefused("Peran belum diisi.", "peran")
    peran = read_peran(text)
    if peran is None:
        raise RowRefused(f"Peran {text} tidak dikenal. Tulis PSM, Operator desa atau TKSK.", "peran")
    return peran


def _date(text: str, name: str) -> date | None:
    if not text:
        return None
    found = read_date(text)
    if found is None:
        raise RowRefused(f"Tanggal {text} tidak terbaca. Tulis seperti 31-12-2026.", name)
    return found


# --- the places ------------------------------------------------------------------------------------


class Places:
    """Finds the wilayah of all rows at once: villages by the resolver of imports, the rest by spelling."""

    def __init__(self, verdicts: list[Verdict], own_kabupaten: str):
        self.own_kabupaten = own_kabupaten
        self.by_kode = {w.kode: w for w in Wilayah.objects.select_related("induk__induk")}
        in_villages = [v for v in verdicts if TINGKAT_PERAN[v.peran] == Wilayah.Tingkat.DESA_KELURAHAN]
        self.villages = _resolve_villages({self._triple(v) for v in in_villages})
        above = [v for v in verdicts if TINGKAT_PERAN[v.peran] != Wilayah.Tingkat.DESA_KELURAHAN]
        texts = {v.row.of(name) for v in above for name in ("wilayah", "kecamatan", "kabupaten")}
        self.keys = _keys(texts | {own_kabupaten})
        self.spellings: dict[tuple[str, str], set[str]] = defaultdict(set)
        for tingkat, kunci, kode in Ejaan.objects.exclude(tingkat=Wilayah.Tingkat.DESA_KELURAHAN).values_list(
            "tingkat", "kunci", "wilayah_id"
        ):
            self.spellings[tingkat, kunci].add(kode)

    def fill(self, v: Verdict) -> None:
        """Set the wilayah of one row, or refuse it."""
        tingkat = TINGKAT_PERAN[v.peran]
        text = v.row.of("wilayah")
        if _KODE.fullmatch(text) and (found := self.by_kode.get(text.replace(".", ""))):
            if found.tingkat != tingkat:
                raise self._misfit(v, found)
            if tingkat != Wilayah.Tingkat.DESA_KELURAHAN:
                v.wilayah = found
                return
        find = {
            Wilayah.Tingkat.DESA_KELURAHAN: self._village,
            Wilayah.Tingkat.KECAMATAN: self._kecamatan,
            Wilayah.Tingkat.KABUPATEN_KOTA: self._kabupaten,
            Wilayah.Tingkat.PROVINSI: self._provinsi,
        }[Wilayah.Tingkat(tingkat)]
        v.wilayah = self.by_kode[find(v)]

    def _triple(self, v: Verdict) -> tuple[str, str, str]:
        village = v.row.of("wilayah")
        kabupaten = v.row.of("kabupaten") or ("" if _KODE.fullmatch(village) else self.own_kabupaten)
        return kabupaten, v.row.of("kecamatan"), village

    def _village(self, v: Verdict) -> str:
        kabupaten, kecamatan, village = triple = self._triple(v)
        kode, alasan, saran = self.villages[triple]
        if kode:
            return kode
        hint = f" Maksudnya {saran}?" if saran else ""
        sentence, kolom = {
            "kabupaten_kosong": ("Kabupaten atau kota belum diisi.", "kabupaten"),
            "kabupaten_tidak_dikenal": (f"Kabupaten {kabupaten} tidak dikenal.{hint}", "kabupaten"),
            "kecamatan_kosong": ("Kecamatan belum diisi.", "kecamatan"),
            "kecamatan_tidak_dikenal": (
                f"Kecamatan {kecamatan} tidak ada di {kabupaten}.{hint}",
                "kecamatan",
            ),
            "desa_kosong": (
                f"Wilayah belum diisi. {Peran(v.peran).label} bertugas di desa atau kelurahan.",
                "wilayah",
            ),
            "desa_tidak_dikenal": (f"Desa {village} tidak ada di Kecamatan {kecamatan}.{hint}", "wilayah"),
            "kode_tidak_dikenal": (f"Kode {village} bukan kode desa atau kelurahan.", "wilayah"),
            "kode_bertentangan": (
                "Kode desa ini bukan di kecamatan atau kabupaten yang tertulis.",
                "wilayah",
            ),
            "kode_dua_arti": (
                "Kode ini juga kode BPS desa lain. Isi juga kecamatan dan kabupaten, atau tulis kode dengan titik.",
                "wilayah",
            ),
        }[alasan]
        raise RowRefused(sentence, kolom)

    def _kecamatan(self, v: Verdict) -> str:
        kabupaten = self._kabupaten_of(v.row.of("kabupaten") or self.own_kabupaten)
        asked = v.row.of("wilayah") or v.row.of("kecamatan")
        if not asked:
            raise RowRefused("Kecamatan belum diisi.", "kecamatan")
        found = self._within(kabupaten, asked)
        if found:
            return found
        if v.row.of("wilayah") and self._within(kabupaten, v.row.of("kecamatan")):
            raise RowRefused(
                "TKSK bertugas di kecamatan, bukan di desa. Kosongkan kolom Wilayah.", "wilayah", "peran"
            )
        names = {w.nama: w for w in self.by_kode.values() if w.induk_id == kabupaten}
        raise RowRefused(
            f"Kecamatan {asked} tidak ada di {self.by_kode[kabupaten].nama_lengkap}.{_nearest(asked, names)}",
            "wilayah" if v.row.of("wilayah") else "kecamatan",
        )

    def _within(self, kabupaten: str, text: str) -> str | None:
        kode = self.spellings.get((Wilayah.Tingkat.KECAMATAN, self.keys.get(text, "")), set())
        return next((k for k in kode if k.startswith(kabupaten)), None)

    def _kabupaten(self, v: Verdict) -> str:
        return self._kabupaten_of(v.row.of("wilayah") or v.row.of("kabupaten"))

    def _kabupaten_of(self, text: str) -> str:
        if not text:
            raise RowRefused("Kabupaten atau kota belum diisi.", "kabupaten")
        found = self.spellings.get((Wilayah.Tingkat.KABUPATEN_KOTA, self.keys.get(text, "")), set())
        if len(found) == 1:
            return next(iter(found))
        names = {w.nama: w for w in self.by_kode.values() if w.tingkat == Wilayah.Tingkat.KABUPATEN_KOTA}
        raise RowRefused(f"Kabupaten {text} tidak dikenal.{_nearest(text, names)}", "kabupaten")

    def _provinsi(self, v: Verdict) -> str:
        provinces = [w for w in self.by_kode.values() if w.tingkat == Wilayah.Tingkat.PROVINSI]
        text = v.row.of("wilayah")
        named = (
            [w for w in provinces if plain(w.nama) == plain(text.removeprefix("Provinsi "))]
            if text
            else provinces
        )
        if len(named) == 1:
            return named[0].kode
        label = Peran(v.peran).label
        raise RowRefused(f"{label} bertugas di provinsi. Isi kolom Wilayah dengan nama provinsi.", "wilayah")

    def _misfit(self, v: Verdict, found: Wilayah) -> RowRefused:
        label, level = Peran(v.peran).label, LEVELS[TINGKAT_PERAN[v.peran]]
        return RowRefused(
            f"{label} bertugas di {level}, sedangkan {found.nama_lengkap} adalah {LEVELS[found.tingkat]}.",
            "peran",
            "wilayah",
        )


def _resolve_villages(triples: set[tuple[str, str, str]]) -> dict[tuple[str, str, str], tuple]:
    """(kabupaten, kecamatan, desa) as written -> village code, reason, suggestion."""
    if not triples:
        return {}
    columns = [sql.Literal(list(column)) for column in zip(*triples, strict=True)]
    source = sql.SQL("unnest({}::text[], {}::text[], {}::text[]) AS t (kabupaten, kecamatan, desa)").format(
        *columns
    )
    with connection.cursor() as cursor:
        cursor.execute(resolve_sql(source).as_string(connection.connection))
        return {
            (kab, kec, desa): (kode, why, near) for kab, kec, desa, kode, _, why, _, near in cursor.fetchall()
        }


def _keys(texts: set[str]) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT t, spatial_kunci(t) FROM unnest(%s::text[]) AS t", [sorted(texts)])
        return dict(cursor.fetchall())


def _nearest(text: str, named: dict[str, Wilayah]) -> str:
    near = get_close_matches(text.title(), named, n=1)
    return f" Maksudnya {near[0]}?" if near else ""


def _own_kabupaten(by: User) -> str:
    """The one kabupaten somebody works in, which his lists need not name; "" when there are several."""
    found = {p.wilayah_id[:4] for p in penugasan_of(by)}
    if len(found) != 1 or len(next(iter(found))) != 4:
        return ""
    wilayah = Wilayah.objects.get(kode=found.pop())
    return f"{SEBUTAN[wilayah.jenis]} {wilayah.nama}"


# --- rights and people -----------------------------------------------------------------------------


def _check_right(v: Verdict, by: User) -> None:
    wilayah = v.wilayah
    if wilayah is None or may_give(by, v.peran, wilayah.kode):
        return
    if v.peran not in may_give_any(by):
        given = ", ".join(peran.label for peran in may_give_any(by))
        raise RowRefused(f"Anda tidak dapat memberi peran {Peran(v.peran).label}, hanya {given}.", "peran")
    raise RowRefused(f"{wilayah.nama_lengkap} di luar wilayah Anda.", "wilayah")


class People:
    """Who has an account already: found by telephone and name."""

    def __init__(self, verdicts: list[Verdict]):
        wanted = {v.telepon for v in verdicts}
        self.taken: set[str] = set()
        by_key: dict[tuple[str, str], list[User]] = defaultdict(list)
        self.phones: set[str] = set()
        for user in User.objects.only("username", "nama", "telepon", "is_active", "is_staff", "is_superuser"):
            self.taken.add(user.username.lower())
            phone = read_phone(user.telepon)
            if phone in wanted:
                by_key[phone, plain(user.nama)].append(user)
                self.phones.add(phone)
        self.by_key = by_key
        self.penugasan: dict[int, list[Penugasan]] = defaultdict(list)
        ids = {user.pk for users in by_key.values() for user in users}
        for penugasan in Penugasan.objects.filter(user__in=ids, diakhiri__isnull=True):
            self.penugasan[penugasan.user_id].append(penugasan)

    def of(self, v: Verdict) -> User | None:
        users = self.by_key.get(v.key, [])
        if len(users) > 1:
            raise RowRefused(
                "Ada dua akun dengan nama dan telepon ini. Minta admin membetulkannya.", "nama", "telepon"
            )
        return users[0] if users else None


def _decide(v: Verdict, by: User, people: People, seen: dict[tuple[str, str], int]) -> None:
    if v.key in seen:
        raise RowRefused(
            f"Orang ini sudah ada di baris {seen[v.key]}. Bila penugasannya dua, unggah yang kedua sesudah yang"
            " pertama diterapkan.",
            "nama",
            "telepon",
        )
    v.user = people.of(v)
    if v.user is None:
        v.hasil = Hasil.BARU
        v.username = free_username(v.nama, people.taken)
        people.taken.add(v.username)
        if v.telepon in people.phones:
            v.catatan = "Nomor telepon ini juga dipakai akun lain dengan nama yang berbeda."
    else:
        v.username = v.user.username
        v.hasil = _of_known(v, by, people.penugasan[v.user.pk])
    people.phones.add(v.telepon)
    seen[v.key] = v.row.nomor


def _of_known(v: Verdict, by: User, penugasan_list: list[Penugasan]) -> str:
    """What a row means for somebody who has an account."""
    user, wilayah = v.user, v.wilayah
    if user is None or wilayah is None or v.mulai is None:
        raise AssertionError("a row without its person, place or date came this far")
    if not user.is_active:
        raise RowRefused("Akun orang ini dinonaktifkan. Minta admin mengaktifkannya lagi.", "nama")
    same = [p for p in penugasan_list if p.peran == v.peran and p.wilayah_id == wilayah.kode]
    for own in (p for p in same if not p.is_over):
        if own.selesai == v.selesai:
            return Hasil.TETAP
        if own.selesai is None or v.mulai <= own.selesai:
            until = f"sampai {tanggal(own.selesai)}" if own.selesai else "tanpa tanggal selesai"
            raise RowRefused(
                f"Orang ini sudah bertugas di sini {until}. Tulis tanggal mulai sesudahnya, atau akhiri dahulu"
                " penugasan itu.",
                "mulai",
                "selesai",
            )
    if any(p.mulai == v.mulai for p in same):
        raise RowRefused("Penugasan dengan tanggal mulai ini sudah pernah ada.", "mulai")
    if not may_add_to(by, user, [p for p in penugasan_list if not p.is_over]):
        raise RowRefused(
            "Orang ini sudah punya akun di luar wilayah Anda. Minta Dinsos provinsi menambah penugasannya.",
            "nama",
        )
    return Hasil.TAMBAH
