"""Who has access to what: holders of penugasan per wilayah, gaps, one person. As many queries for 2 as for 200."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from allauth.mfa.models import Authenticator
from django.db.models import Q, QuerySet
from django.utils import timezone

from access.factor import KINDS
from access.models import Penugasan, Peran, User
from access.rules import akun_area, may_give, may_remove_factor_of, may_reset_sandi_of
from access.scope import below
from sentral.templatetags.sentral_tags import angka, tanggal
from spatial.models import Wilayah

SOON = timedelta(days=30)
INNER: dict[str, str] = {
    Wilayah.Tingkat.PROVINSI: Wilayah.Tingkat.KABUPATEN_KOTA,
    Wilayah.Tingkat.KABUPATEN_KOTA: Wilayah.Tingkat.KECAMATAN,
    Wilayah.Tingkat.KECAMATAN: Wilayah.Tingkat.DESA_KELURAHAN,
}
GAPS = {
    "tanpa_psm": "Desa tanpa PSM",
    "tanpa_tksk": "Kecamatan tanpa TKSK",
    "belum_masuk": "Belum pernah masuk",
    "berakhir": "Berakhir dalam 30 hari",
    "tanpa_penugasan": "Akun tanpa penugasan",
}
OF_PLACES = {"tanpa_psm", "tanpa_tksk"}


@dataclass(frozen=True)
class Holder:
    """Somebody's penugasan, and whether he has a second factor."""

    penugasan: Penugasan
    faktor_kedua: bool

    @property
    def user(self) -> User:
        return self.penugasan.user

    @property
    def segera(self) -> bool:
        """Ends within 30 days."""
        end = self.penugasan.selesai
        return end is not None and end <= timezone.localdate() + SOON

    @property
    def nanti(self) -> bool:
        """Has not begun."""
        return self.penugasan.mulai > timezone.localdate()


@dataclass
class Part:
    """One wilayah of the list with who works in it, at its own level and below."""

    wilayah: Wilayah
    own: list[Holder] = field(default_factory=list)
    jumlah: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    desa: int = 0
    tanpa_psm: int = 0

    @property
    def tksk(self) -> list[Holder]:
        return [h for h in self.own if h.penugasan.peran == Peran.TKSK]


@dataclass
class Directory:
    """The holders in one wilayah, its parts, and the gaps."""

    wilayah: Wilayah | None
    own: list[Holder]
    parts: list[Part]
    holders: list[Holder]
    villages: list[Wilayah]
    kecamatan: list[Wilayah]
    loose: list[User]

    def numbers(self, url: str) -> list[dict[str, str]]:
        """The numbers that matter, each a link to its rows (templates/parts/numbers.html)."""
        numbers = []
        for kode in GAPS:
            rows = self.gap(kode)
            whole = {"tanpa_psm": len(self.villages), "tanpa_tksk": len(self.kecamatan)}.get(kode)
            if kode in OF_PLACES and not whole:
                continue
            numbers.append(
                {
                    "label": GAPS[kode],
                    "nilai": angka(len(rows)),
                    "ket": ("lihat daftarnya" if rows else "tidak ada")
                    if whole is None
                    else f"dari {angka(whole)}",
                    "url": f"{url}celah={kode}" if rows else "",
                }
            )
        return numbers

    @property
    def ringkasan(self) -> str:
        """How many people, in words for the line below the title."""
        people = {h.user.pk: h.user for h in self.holders}
        first = sum(user.harus_ganti_sandi for user in people.values())
        words = f"{angka(len(people))} orang"
        return f"{words}, {angka(first)} masih dengan kata sandi pertama" if first else words

    def gap(self, kode: str) -> list:
        """The rows behind a number: wilayah, holders or accounts."""
        if kode == "tanpa_psm":
            return self._without(self.villages, Peran.PSM)
        if kode == "tanpa_tksk":
            return self._without(self.kecamatan, Peran.TKSK)
        if kode == "belum_masuk":
            return _one_each(h for h in self.holders if h.user.last_login is None)
        if kode == "berakhir":
            return sorted(
                (h for h in self.holders if h.segera), key=lambda h: h.penugasan.selesai or date.max
            )
        return self.loose

    def _without(self, places: list[Wilayah], peran: str) -> list[Wilayah]:
        today = timezone.localdate()
        held = {
            h.penugasan.wilayah_id
            for h in self.holders
            if h.penugasan.peran == peran and h.penugasan.mulai <= today
        }
        return [w for w in places if w.kode not in held]


def _one_each(holders: Iterable[Holder]) -> list[Holder]:
    found: dict[int, Holder] = {}
    for holder in holders:
        found.setdefault(holder.user.pk, holder)
    return list(found.values())


def holders_seen_by(user, kode: str = "") -> list[Holder]:
    """Everybody with a penugasan that is in force or will be, as far as `user` may see accounts."""
    rows = Penugasan.objects.seen_by(user).not_over().filter(user__is_active=True)
    if kode:
        rows = rows.filter(below("wilayah_id", kode))
    rows = rows.select_related("user", "wilayah__induk__induk").order_by(
        "wilayah_id", "peran", "user__nama", "pk"
    )
    found = list(rows)
    secured = second_factors({p.user_id for p in found})
    return [Holder(p, p.user_id in secured) for p in found]


def second_factors(ids: set[int]) -> set[int]:
    """Which of these users have a second factor."""
    rows = Authenticator.objects.filter(user_id__in=ids, type__in=KINDS)
    return set(rows.values_list("user_id", flat=True))


def people_seen_by(user) -> QuerySet[User]:
    """The accounts `user` may see: with a penugasan in his area, past ones too; without any, the whole province's."""
    mine = Q(pk__in=Penugasan.objects.seen_by(user).values("user_id"))
    if _sees_all(user):
        mine |= Q(penugasan_list__isnull=True)
    return User.objects.filter(mine).distinct()


def _sees_all(user) -> bool:
    return any(len(kode) == 2 for kode in akun_area(user))


def places_seen_by(user) -> list[Wilayah]:
    """Every wilayah in the area of `user`, kecamatan and kabupaten at hand."""
    area = akun_area(user)
    rows = Wilayah.objects.select_related("induk__induk").order_by("kode")
    return [w for w in rows if area and w.kode.startswith(area)]


def directory(user, wilayah: Wilayah | None) -> Directory:
    """Who works in a wilayah and below it; None stands for all the areas of somebody who has several."""
    kode = wilayah.kode if wilayah else ""
    places = [w for w in places_seen_by(user) if w.kode.startswith(kode)]
    holders = holders_seen_by(user, kode)
    if wilayah is None:
        inner = [w for w in places if w.kode in akun_area(user)]
    else:
        inner = [w for w in places if w.tingkat == INNER.get(wilayah.tingkat)]
    villages = [w for w in places if w.tingkat == Wilayah.Tingkat.DESA_KELURAHAN]
    loose = (
        people_seen_by(user)
        .filter(is_active=True)
        .exclude(pk__in=Penugasan.objects.not_over().values("user_id"))
    )
    if kode:
        past = Penugasan.objects.filter(below("wilayah_id", kode)).values("user_id")
        loose = loose.filter(
            Q(pk__in=past) | Q(penugasan_list__isnull=True) if len(kode) == 2 else Q(pk__in=past)
        )
    return Directory(
        wilayah=wilayah,
        own=[h for h in holders if h.penugasan.wilayah_id == kode],
        parts=_parts(inner, holders, villages),
        holders=holders,
        villages=villages,
        kecamatan=[w for w in places if w.tingkat == Wilayah.Tingkat.KECAMATAN],
        loose=list(loose.distinct().order_by("nama", "username")),
    )


def _parts(inner: list[Wilayah], holders: list[Holder], villages: list[Wilayah]) -> list[Part]:
    parts = {w.kode: Part(w) for w in inner}
    widths = {len(kode) for kode in parts}

    def part_of(kode: str) -> Part | None:
        return next((parts[kode[:width]] for width in widths if kode[:width] in parts), None)

    today = timezone.localdate()
    with_psm = set()
    for holder in holders:
        penugasan = holder.penugasan
        if penugasan.peran == Peran.PSM and penugasan.mulai <= today:
            with_psm.add(penugasan.wilayah_id)
        if part := part_of(penugasan.wilayah_id):
            part.jumlah[penugasan.peran] += 1
            if penugasan.wilayah_id == part.wilayah.kode:
                part.own.append(holder)
    for village in villages:
        if part := part_of(village.kode):
            part.desa += 1
            part.tanpa_psm += village.kode not in with_psm
    return list(parts.values())


def search(user, text: str, peran: str = "") -> tuple[list[Holder], list[User]]:
    """Whose name, user name or telephone holds `text`: those with a penugasan, and accounts without one."""
    found = people_seen_by(user).filter(
        Q(nama__icontains=text) | Q(username__icontains=text) | Q(telepon__icontains=text)
    )
    people = {person.pk: person for person in found.order_by("nama", "username")}
    holders = [h for h in holders_seen_by(user) if h.user.pk in people]
    held = {h.user.pk for h in holders}
    if peran:
        return [h for h in holders if h.penugasan.peran == peran], []
    return holders, [person for pk, person in people.items() if pk not in held]


# --- one person ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Post:
    """A penugasan on the page of a person."""

    penugasan: Penugasan
    berlaku: bool
    boleh_akhiri: bool

    @property
    def keadaan(self) -> tuple[str, str]:
        """Kind and words of its chip."""
        if self.penugasan.diakhiri:
            return "diam", f"diakhiri {tanggal(self.penugasan.diakhiri)}"
        if self.berlaku:
            return "baik", "berlaku"
        return (
            ("kabar", "belum mulai")
            if self.penugasan.mulai > timezone.localdate()
            else ("diam", "sudah lewat")
        )


@dataclass(frozen=True)
class Person:
    """One account as `user` may see it. di_luar: how many of its penugasan lie outside his area."""

    user: User
    posts: list[Post]
    di_luar: int
    faktor_kedua: bool
    boleh_sandi: bool
    boleh_lepas: bool


def person_of(user, person: User) -> Person:
    """What `user` sees of an account, and what he may do with it."""
    all_own = list(
        person.penugasan_list.select_related("wilayah__induk__induk").order_by("-mulai", "wilayah_id")
    )
    seen = set(person.penugasan_list.seen_by(user).values_list("pk", flat=True))
    today = timezone.localdate()
    posts = [
        Post(
            p,
            berlaku=not p.is_over and p.mulai <= today,
            boleh_akhiri=not p.is_over and p.user_id != user.pk and may_give(user, p.peran, p.wilayah_id),
        )
        for p in all_own
        if p.pk in seen
    ]
    not_over = [p for p in all_own if not p.is_over]
    secured = person.pk in second_factors({person.pk})
    return Person(
        user=person,
        posts=posts,
        di_luar=sum(p.pk not in seen for p in not_over),
        faktor_kedua=secured,
        boleh_sandi=may_reset_sandi_of(user, person, not_over),
        boleh_lepas=secured and may_remove_factor_of(user, person, not_over),
    )


HEAD = ["Kabupaten/Kota", "Kecamatan", "Desa/Kelurahan", "Nama", "Nama pengguna", "Telepon", "Peran", "Mulai",
        "Selesai", "Masuk terakhir", "Langkah kedua"]  # fmt: skip
WIDTHS = [24, 22, 24, 28, 22, 18, 22, 14, 14, 16, 14]


def rows_for_book(holders: Iterable[Holder]) -> Iterable[list[str]]:
    """The lines of the workbook of all holders."""
    for holder in holders:
        penugasan, user = holder.penugasan, holder.user
        yield [
            *_path(penugasan.wilayah),
            user.nama,
            user.username,
            user.telepon,
            penugasan.get_peran_display(),
            tanggal(penugasan.mulai),
            tanggal(penugasan.selesai),
            tanggal(user.last_login) or "belum pernah",
            "ya" if holder.faktor_kedua else "belum",
        ]


def _path(wilayah: Wilayah) -> list[str]:
    names = {}
    place: Wilayah | None = wilayah
    while place is not None:
        names[place.tingkat] = place.nama_lengkap
        # the province is in no column, and was not fetched
        place = place.induk if place.tingkat != Wilayah.Tingkat.KABUPATEN_KOTA else None
    return [
        names.get(level, "")
        for level in (
            Wilayah.Tingkat.KABUPATEN_KOTA,
            Wilayah.Tingkat.KECAMATAN,
            Wilayah.Tingkat.DESA_KELURAHAN,
        )
    ]
