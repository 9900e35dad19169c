"""What the pages of decisions show: pairs that wait, one pair with both families, proposals, lines of the inbox."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Substr
from django.urls import reverse
from django.utils import timezone

from access.rules import may_decide_padan, may_edit
from access.scope import territory_of
from jobs.inbox import Line
from kpm.filters import Filter
from kpm.models import Anggota, Keluarga
from padan.models import Ekstrak, Hasil, Kandidat, Penduduk, Putusan, UsulNik
from padan.putusan import OPEN, decidable
from padan.sanding import Relative, Row, Sanding, compare, families, number
from padan.usul import confirmable, why_lapsed
from spatial.models import Wilayah

Keadaan = Kandidat.Keadaan
STATES = [
    (Keadaan.TERBUKA, "Menunggu putusan"),
    (Keadaan.RAGU, "Belum pasti"),
    (Keadaan.DITERIMA, "Orang yang sama"),
    (Keadaan.DITOLAK, "Orang lain"),
]
UNDO_WITHIN = timedelta(hours=12)  # how long the key for the last decision reaches back
FAMILY = 15  # people of a family side by side
NEXT_LEVEL = {2: 4, 4: 6, 6: 10, 10: 10}


@dataclass(frozen=True)
class Asked:
    """Which pairs somebody wants to see."""

    user: Any
    filter: Filter
    jenis: str = ""
    keadaan: str = Keadaan.TERBUKA

    @classmethod
    def read(cls, user, params) -> Asked:
        """Out of an address; what nobody offers is read as not set."""
        jenis, keadaan = params.get("jenis", ""), params.get("keadaan", "")
        return cls(
            user=user,
            filter=Filter(wilayah=Filter.read(params).wilayah),
            jenis=jenis if jenis in Kandidat.Jenis.values else "",
            keadaan=keadaan if keadaan in dict(STATES) else Keadaan.TERBUKA,
        )

    @property
    def rows(self) -> QuerySet[Any]:
        """Of any kind and state, as far as they are somebody's to decide: newest runs, people who are members."""
        people = Anggota.objects.visible_to(self.user).aktif().filter(pk=OuterRef("anggota_id"))
        rows = decidable(self.user).filter(self.filter.inside(), Exists(people), pencocokan__terbaru=True)
        return rows.annotate(urut=Coalesce("skor", Value(-1.0)))

    def in_state(self, keadaan: str) -> QuerySet[Any]:
        """Of any kind; what can still be decided only while its extract may be used."""
        rows = self.rows.filter(keadaan=keadaan)
        if keadaan in OPEN:
            rows = rows.filter(
                pencocokan__ekstrak__keadaan=Ekstrak.Keadaan.SIAP,
                pencocokan__ekstrak__berlaku_sampai__gte=timezone.localdate(),
            )
        return rows

    @property
    def of_state(self) -> QuerySet[Any]:
        """One pair of each person: the best of those in the state asked for."""
        better = Kandidat.objects.filter(
            pencocokan=OuterRef("pencocokan"),
            anggota=OuterRef("anggota"),
            keadaan=self.keadaan,
            urutan__lt=OuterRef("urutan"),
        )
        # Asked only of who is not the first, by the index of a person's places. As a join of its own the planner
        # expects one row of a kabupaten and compares all pairs with all (20,000 people: no answer in 20 s).
        return self.in_state(self.keadaan).filter(Q(urutan=1) | ~Exists(better))

    @property
    def chosen(self) -> QuerySet[Any]:
        """Of the kind asked for as well, strongest evidence first."""
        rows = self.of_state
        return (rows.filter(jenis=self.jenis) if self.jenis else rows).order_by("-urut", "pk")

    @property
    def query(self) -> str:
        """The same for an address."""
        state = "" if self.keadaan == Keadaan.TERBUKA else self.keadaan
        pairs = [*self.filter.query(), ("jenis", self.jenis), ("keadaan", state)]
        return urlencode([(name, value) for name, value in pairs if value])

    def address(self, kandidat_id: int | None) -> str:
        """The pair, or the list where there is none, under the same filter."""
        base = reverse("padan:kandidat", args=[kandidat_id]) if kandidat_id else reverse("padan:putusan_list")
        return f"{base}?{self.query}" if self.query else base


@dataclass(frozen=True)
class Counts:
    """How many people there are in the state asked for: per kind, and of the kind asked for per wilayah."""

    jenis: dict[str, int]
    tempat: list[tuple[Wilayah, int]]
    jumlah: int


def counts(asked: Asked) -> Counts:
    """Counted once; the wilayah are those one level below what is asked for."""
    codes = asked.filter.wilayah or (
        ("19",) if territory_of(asked.user).semua else territory_of(asked.user).kode
    )
    length = NEXT_LEVEL[min((len(code) for code in codes), default=2)]
    rows = asked.of_state.order_by().values_list("jenis", Substr("wilayah_id", 1, length))
    per_jenis = dict.fromkeys(Kandidat.Jenis.values, 0)
    per_tempat: dict[str, int] = {}
    for jenis, kode, n in rows.annotate(n=Count("pk")):
        per_jenis[jenis] += n
        if kode and asked.jenis in ("", jenis):
            per_tempat[kode] = per_tempat.get(kode, 0) + n
    found = Wilayah.objects.filter(pk__in=per_tempat).order_by("kode")
    return Counts(
        per_jenis,
        [(place, per_tempat[place.kode]) for place in found],
        per_jenis[asked.jenis] if asked.jenis else sum(per_jenis.values()),
    )


def places(user, asked: Asked) -> list[Wilayah]:
    """The wilayah one level below a user's own, and the one asked for, for the filter."""
    codes = ["19"] if territory_of(user).semua else list(territory_of(user).kode)
    rows = Wilayah.objects.filter(Q(induk__in=codes) | Q(kode__in=[*asked.filter.wilayah]))
    return list(rows.order_by("kode")) or list(Wilayah.objects.filter(kode__in=codes).order_by("kode"))


@dataclass(frozen=True)
class Listed:
    """A pair in the list."""

    kandidat: Kandidat
    anggota: Anggota
    dipegang: str


def listed(user, rows: Iterable[Kandidat]) -> list[Listed]:
    """The pairs of a page with the people they are about."""
    rows = list(rows)
    people = (
        Anggota.objects.visible_to(user)
        .filter(pk__in=[row.anggota_id for row in rows])
        .select_related("wilayah__induk")
        .in_bulk()
    )
    now = timezone.now()
    return [
        Listed(row, people[row.anggota_id], _held_by(row, user, now))
        for row in rows
        if row.anggota_id in people
    ]


def _held_by(row: Kandidat, user, now: datetime) -> str:
    until = row.dipegang_sampai
    held = row.dipegang_oleh is not None and row.dipegang_oleh != user and until is not None and until > now
    return row.dipegang_oleh.nama if held and row.dipegang_oleh else ""


def free(asked: Asked) -> QuerySet[Any]:
    """Those nobody else holds."""
    held = Q(dipegang_sampai__gt=timezone.now()) & ~Q(dipegang_oleh=asked.user)
    return asked.chosen.exclude(held)


def neighbour(asked: Asked, here: Kandidat, *, before: bool = False) -> int | None:
    """The next pair, or the one before, in the order of the list, that nobody else holds."""
    score = -1.0 if here.skor is None else here.skor
    rows = free(asked).exclude(anggota=here.anggota_id)
    if before:
        rows = rows.filter(Q(urut__gt=score) | Q(urut=score, pk__lt=here.pk)).order_by("urut", "-pk")
    else:
        rows = rows.filter(Q(urut__lt=score) | Q(urut=score, pk__gt=here.pk))
    return rows.values_list("pk", flat=True).first()


def following(asked: Asked, here: Kandidat) -> int | None:
    """What is shown after a decision: the same person's next candidate, then the next pair, then the first."""
    waiting = replace(asked, keadaan=Keadaan.TERBUKA)
    own = waiting.in_state(Keadaan.TERBUKA).filter(anggota=here.anggota_id, pencocokan=here.pencocokan_id)
    same = own.order_by("urutan").values_list("pk", flat=True).first()
    return same or neighbour(waiting, here) or free(waiting).values_list("pk", flat=True).first()


def decided_today(user) -> int:
    """How many pairs this officer has decided today, those taken back left out."""
    midnight = timezone.make_aware(datetime.combine(timezone.localdate(), time.min))
    return Putusan.objects.visible_to(user).in_force().filter(oleh=user, dibuat__gte=midnight).count()


def last_own(user) -> Putusan | None:
    """What the key for undoing takes back: one's own latest decision, while it is fresh."""
    fresh = timezone.now() - UNDO_WITHIN
    rows = Putusan.objects.visible_to(user).in_force().filter(oleh=user, dibuat__gte=fresh)
    return rows.order_by("-pk").first()


# --- one pair ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pair:
    """A pair as its page shows it. calon_list: the candidates of the same person in this run, best first.

    usul: what an accepted one proposed.  sejenis: other people of the lists for whom the same human is a candidate.
    """

    kandidat: Kandidat
    anggota: Anggota
    keluarga: Keluarga
    kepala: str
    serumah: list[Anggota]
    sanding: Sanding
    relative_list: list[tuple[Relative, str]]
    calon_list: list[Kandidat]
    usul: UsulNik | None
    sejenis: int

    @property
    def nik_baru(self) -> bool:
        """True when a yes proposes a NIK."""
        nik = self.kandidat.isi.get("nik") or ""
        return bool(nik) and nik != self.anggota.nik


def pair_of(user, kandidat: Kandidat) -> Pair | None:
    """Everything about one pair; None when the person is out of sight or gone."""
    rows = Anggota.objects.visible_to(user).select_related("wilayah")
    anggota = rows.filter(pk=kandidat.anggota_id).first()
    if anggota is None:
        return None
    families_seen = Keluarga.objects.visible_to(user).select_related("wilayah__induk")
    keluarga = families_seen.filter(pk=anggota.keluarga_id).first()
    if keluarga is None:
        return None
    members = Anggota.objects.visible_to(user).aktif().filter(keluarga=keluarga)
    serumah = list(members.order_by("-kepala", "tanggal_lahir", "pk")[:FAMILY])
    isi = kandidat.isi
    codes = {anggota.wilayah_id, isi.get("wilayah_id")} - {None, ""}
    desa = dict(Wilayah.objects.filter(pk__in=codes).values_list("kode", "nama"))
    calon = (
        decidable(user)
        .filter(pencocokan=kandidat.pencocokan_id, anggota=anggota.pk)
        .select_related("putusan__oleh")
        .order_by("urutan")
    )
    usul = (
        UsulNik.objects.visible_to(user).filter(putusan=kandidat.putusan_id).order_by("-pk").first()
        if kandidat.putusan_id
        else None
    )
    others = decidable(user).filter(pencocokan=kandidat.pencocokan_id, kunci=kandidat.kunci)
    others = others.exclude(anggota=anggota.pk).filter(keadaan__in=[Keadaan.TERBUKA, Keadaan.DITERIMA])
    state = isi.get("keadaan") or ""
    theirs = isi | {
        "tanggal_lahir": _day(isi.get("tanggal_lahir")),
        "keadaan": "" if state in ("", Penduduk.Keadaan.HIDUP) else Penduduk.Keadaan(state).label,
    }
    ours = {
        name: getattr(anggota, name)
        for name in (
            "nik",
            "nama",
            "tanggal_lahir",
            "tempat_lahir",
            "jenis_kelamin",
            "nama_ibu",
            "wilayah_id",
        )
    } | {"no_kk": keluarga.no_kk}
    relatives = families(
        [
            {"pk": a.pk, "nama": a.nama, "hubungan": a.hubungan, "tanggal_lahir": a.tanggal_lahir}
            for a in serumah
        ],
        (isi.get("keluarga") or [])[:FAMILY],
        anggota.pk,
        isi.get("nama") or "",
    )
    results = dict(
        Hasil.objects.visible_to(user)
        .filter(pencocokan=kandidat.pencocokan_id, anggota__in=[a.pk for a in serumah])
        .values_list("anggota_id", "hasil")
    )
    return Pair(
        kandidat=kandidat,
        anggota=anggota,
        keluarga=keluarga,
        kepala=next((one.nama for one in serumah if one.kepala), ""),
        serumah=serumah,
        sanding=compare(ours, theirs, kandidat.bobot, kandidat.skor, desa),
        relative_list=[(one, results.get(one.anggota_id or 0, "")) for one in relatives],
        calon_list=list(calon),
        usul=usul,
        sejenis=others.values("anggota").distinct().count(),
    )


def _day(text: Any) -> date | None:
    """A date out of the compared fields, which are JSON."""
    try:
        return date.fromisoformat(str(text)[:10])
    except ValueError:
        return None


# --- proposals -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Proposal:
    """A proposed NIK. anggota: None when he is out of sight.  gugur: why it makes no sense any more."""

    usul: UsulNik
    anggota: Anggota | None
    gugur: str
    milik_sendiri: bool


def proposals(user, rows: Iterable[UsulNik]) -> list[Proposal]:
    """The proposals of a page with the people they are about."""
    rows = list(rows)
    people = (
        Anggota.objects.visible_to(user)
        .filter(pk__in=[row.anggota_id for row in rows])
        .select_related("wilayah__induk", "keluarga")
        .in_bulk()
    )
    return [
        Proposal(
            row,
            people.get(row.anggota_id),
            why_lapsed(row, people.get(row.anggota_id)) if row.keadaan == UsulNik.Keadaan.MENUNGGU else "",
            row.diusulkan_oleh_id == user.pk,
        )
        for row in rows
    ]


def proposed(user, keadaan: str) -> QuerySet[UsulNik]:
    """In the state asked for, the oldest first while they wait."""
    rows = (
        confirmable(user).filter(keadaan=keadaan).select_related("putusan", "diusulkan_oleh", "diputus_oleh")
    )
    return rows.order_by("pk" if keadaan == UsulNik.Keadaan.MENUNGGU else "-pk")


def nik_row(usul: UsulNik, anggota: Anggota | None) -> Row:
    """The NIK of the register beside the proposed one, masked."""
    return number(anggota.nik if anggota else usul.nik_lama, usul.nik)


# --- the inbox -----------------------------------------------------------------------------------


def waiting_for(user) -> list[Line]:
    """Lines of the inbox: pairs to decide, and NIK to confirm that somebody else proposed."""
    lines = []
    if may_decide_padan(user):
        n = Asked(user, Filter()).of_state.count()
        words = "orang yang mungkin sama dengan orang di data Dukcapil"
        lines.append(Line("Putuskan pasangan", words, n, reverse("padan:putusan_list")))
    if may_edit(user):
        n = confirmable(user).waiting().exclude(diusulkan_oleh=user).count()
        words = "usul dari pasangan yang diterima petugas lain"
        lines.append(Line("Setujui NIK dari Dukcapil", words, n, reverse("padan:usul_list")))
    return lines
