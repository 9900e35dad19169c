"""Rows and numbers for the pages of keluarga, all of them through the gate.

The list finds the ids of one page first, in the order asked for, and fetches what is shown for those
alone: the number of queries does not depend on the number of rows.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from access.rules import may_count, may_see_names
from access.scope import TerritorialQuerySet, Territory, below, penugasan_of, territory_of, within
from kpm.filters import Filter, normal_words, rank_sumber
from kpm.models import Anggota, HasilPadan, Keluarga, Kepesertaan, Peringkat, Program, Rekap, Sumber
from kpm.remembered import remembered
from spatial.models import Wilayah

WIDTH: dict[str, int] = {
    Wilayah.Tingkat.PROVINSI: 2,
    Wilayah.Tingkat.KABUPATEN_KOTA: 4,
    Wilayah.Tingkat.KECAMATAN: 6,
    Wilayah.Tingkat.DESA_KELURAHAN: 10,
}
# What the list may be sorted by, the words for it, and whether its first press goes down.
SORTS = {
    "kepala": ("nama kepala keluarga", False),
    "wilayah": ("desa", False),
    "anggota": ("jumlah anggota", True),
    "desil": ("desil", False),
    "persentil": ("persentil", False),
    "diubah": ("terakhir diubah", True),
}


@dataclass
class Row:
    """A keluarga in the list. `kepala` is its head, or its first anggota when it has none.

    cocok: who else has the name that was searched for; cocok_status: why he is no longer a member.
    """

    keluarga: Keluarga
    kepala: Anggota | None = None
    anggota: int = 0
    cocok: str = ""
    cocok_pk: int | None = None
    cocok_status: str = ""
    peringkat: int | None = None
    program: list[str] = field(default_factory=list)


class KeluargaRows:
    """The list as django.core.paginator.Paginator wants it: count() and a slice of rows.

    Every order has a leading query (heads by name, ranks by desil …) and, behind it, the keluarga it
    knows nothing of, by id: a keluarga without a head is last, never lost.
    """

    ordered = True

    def __init__(self, user, filter: Filter, urut: str = "kepala", ranks: dict[str, Sumber] | None = None):
        self.user, self.filter = user, filter.to_look_up
        self.down = urut.startswith("-")
        self.urut = urut.lstrip("-")
        self.ranks = rank_sumber(user) if ranks is None else ranks
        self.keluarga = self.filter.keluarga(user)
        self._count: int | None = None

    @cached_property
    def per_village(self) -> dict[str, int]:
        """Keluarga of the whole territory, whatever the filter says."""
        return keluarga_per_village(self.user)

    def count(self) -> int:
        """How many keluarga."""
        if self._count is None:
            if self.filter.narrows:
                self._count = self._remember("banyak", self.keluarga.count)
            else:
                self._count = _inside(self.per_village, self.filter.wilayah)
        return self._count

    def count_anggota(self) -> int:
        """How many people in them."""
        if not self.filter.narrows:
            return _inside(anggota_per_village(self.user), self.filter.wilayah)
        anggota = Anggota.objects.visible_to(self.user).aktif().filter(self.filter.inside())
        if not self.filter.everybody:
            anggota = anggota.filter(keluarga__in=self.keluarga.values("pk"))
        return self._remember("orang", anggota.count)

    def _remember(self, name: str, count) -> int:
        if self.filter.kata:  # what somebody looked for is kept nowhere but in his session
            return count()
        return remembered(f"{name} {self.filter.query()}", self.user, count)

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, place: slice) -> list[Row]:
        return self._rows(self._ids(place.start, min(place.stop, self.count())))

    def _ids(self, start: int, stop: int) -> list[int]:
        leading = self._leading()
        ids = list(leading[start:stop])
        if len(ids) < stop - start:
            known = leading.count() if not ids else start + len(ids)
            rest = self.keluarga.exclude(
                pk__in=leading.order_by().values_list(self._key, flat=True)
            ).order_by("pk")
            first = max(0, start - known)
            ids += rest.values_list("pk", flat=True)[first : first + stop - start - len(ids)]
        return ids

    @property
    def _key(self) -> str:
        return "keluarga_id" if self.urut in {"kepala", "anggota", "desil", "persentil"} else "pk"

    def _leading(self) -> QuerySet:
        sign = "-" if self.down else ""
        rows: TerritorialQuerySet
        if self.urut in {"desil", "persentil"}:
            order = [f"{sign}{self.urut}", "keluarga_id"]
            rows = Peringkat.objects.filter(
                sumber=self.ranks.get(self.urut), **{f"{self.urut}__isnull": False}
            )
        elif self.urut == "anggota":
            rows = Anggota.objects.aktif()
            order = [f"{sign}banyak", "keluarga_id"]
        elif self.urut == "kepala":
            heads = Anggota.objects.visible_to(self.user).aktif().filter(kepala=True)
            earlier = heads.filter(keluarga=OuterRef("keluarga"), pk__lt=OuterRef("pk"))
            rows = Anggota.objects.aktif().filter(~Exists(earlier), kepala=True)
            order = [f"{sign}nama_normal", f"{sign}pk"]
        else:
            order = ["diubah", "pk"] if self.urut == "diubah" else ["wilayah_id", "pk"]
            return self.keluarga.order_by(*(sign + name for name in order)).values_list("pk", flat=True)
        rows = rows.visible_to(self.user).filter(self.filter.inside())
        if self.filter.everybody:
            pass
        elif self.filter.narrows:
            rows = rows.filter(keluarga__in=self.keluarga.values("pk"))
        else:  # who left is few: a hash of them beside the order's own index
            gone = Keluarga.objects.visible_to(self.user).filter(status=Keluarga.Status.KELUAR)
            rows = rows.exclude(keluarga__in=gone.values("pk"))
        if self.urut == "anggota":
            rows = rows.values("keluarga_id").annotate(banyak=Count("*"))
        return rows.order_by(*order).values_list("keluarga_id", flat=True)

    def _rows(self, ids: list[int]) -> list[Row]:
        found = Keluarga.objects.visible_to(self.user).filter(pk__in=ids).select_related("wilayah__induk")
        rows = {keluarga.pk: Row(keluarga) for keluarga in found}
        ids = [pk for pk in ids if pk in rows]  # an anggota of this village may hang on a keluarga elsewhere
        words = (
            normal_words(self.filter.kata) if self.filter.kata and not _has_digit(self.filter.kata) else []
        )
        # members of today first, so a row has its head before somebody who is no longer there
        anggota_list = Anggota.objects.visible_to(self.user).filter(keluarga_id__in=ids)
        for anggota in anggota_list.order_by("keluarga_id", "status", "-kepala", "pk").only(
            "keluarga_id", "nama", "nama_normal", "nik", "nik_status", "kepala", "status", "padan_hasil"
        ):
            row = rows[anggota.keluarga_id]
            if anggota.status == Anggota.Status.AKTIF:
                row.anggota += 1
                row.kepala = row.kepala or anggota
            if (
                words
                and not row.cocok
                and anggota is not row.kepala
                and _named(anggota, words)
                and not (row.kepala and _named(row.kepala, words))
            ):
                row.cocok, row.cocok_pk = anggota.nama, anggota.pk
                row.cocok_status = "" if anggota.status == Anggota.Status.AKTIF else anggota.status
        scale = "desil" if "desil" in self.ranks else "persentil"
        if scale in self.ranks:
            ranks = Peringkat.objects.visible_to(self.user).filter(
                keluarga_id__in=ids, sumber=self.ranks[scale]
            )
            for pk, rank in ranks.values_list("keluarga_id", scale):
                rows[pk].peringkat = rank
        for pk, names in program_of(self.user, list(rows.values())).items():
            rows[pk].program = names
        return [rows[pk] for pk in ids]


def program_of(user, rows: list[Row]) -> dict[int, list[str]]:
    """The programmes of each keluarga in its own list, short names in their order."""
    sumber = {row.keluarga.pk: row.keluarga.sumber_id for row in rows}
    taking = (
        Kepesertaan.objects.visible_to(user)
        .berlaku()
        .filter(keluarga_id__in=sumber)
        .order_by("program__urutan", "program_id")
        .values_list("keluarga_id", "sumber_id", "program__singkatan")
        .distinct()
    )
    found: dict[int, list[str]] = defaultdict(list)
    for pk, sumber_id, name in taking:
        if sumber[pk] == sumber_id:
            found[pk].append(name)
    return found


def _has_digit(text: str) -> bool:
    return any(letter.isdigit() for letter in text)


def _named(anggota: Anggota, words: list[str]) -> bool:
    name = f" {anggota.nama_normal}"
    return all(f" {word}" in name for word in words)


# --- numbers per wilayah -------------------------------------------------------------------------


def reach_of(user) -> tuple[str, ...]:
    """The wilayah in which a user may count; the pimpinan and Dukcapil have no territory, but a reach."""
    return tuple(sorted({p.wilayah_id for p in penugasan_of(user) if p.peran in may_count.peran}))


def within_reach(user) -> Q:
    """The cells of rekap a user may read; none without a reach."""
    reach = reach_of(user)
    return Filter(wilayah=reach).inside() if reach else Q(pk__in=[])


@dataclass(frozen=True)
class Angka:
    """Counts of one wilayah; None is a cell too small to show.

    program: keluarga in each programme.  nik_buruk: people whose NIK has not the right form.
    """

    keluarga: int | None = 0
    anggota: int | None = 0
    nik_buruk: int | None = 0
    program: dict[str, int | None] = field(default_factory=dict)

    @property
    def nik_benar(self) -> int | None:
        if self.anggota is None or self.nik_buruk is None:
            return None
        return self.anggota - self.nik_buruk


def angka_per(user, kode_list: Iterable[str], *tingkat_list: str) -> list[dict[str, Angka]]:
    """Numbers of every wilayah inside `kode_list` that has any, for each level asked for, through the gate.

    Who may see names counts the registers, who may only count reads rekap.
    """
    codes = tuple(kode_list)
    if not may_see_names(user):
        return [_from_rekap(user, codes, tingkat) for tingkat in tingkat_list]
    keluarga, anggota, buruk = (
        {kode: n for kode, n in per_village(user).items() if kode.startswith(codes)}
        for per_village in (keluarga_per_village, anggota_per_village, buruk_per_village)
    )
    program = {key: n for key, n in program_per_village(user).items() if key[0].startswith(codes)}
    return [_added_up(keluarga, anggota, buruk, program, WIDTH[tingkat]) for tingkat in tingkat_list]


def _added_up(keluarga, anggota, buruk, program, width: int) -> dict[str, Angka]:
    people, bad = rolled_up(anggota, width), rolled_up(buruk, width)
    taking: dict[str, Counter] = defaultdict(Counter)
    for (kode, name), n in program.items():
        taking[kode[:width]][name] += n
    return {
        kode: Angka(n, people.get(kode, 0), bad.get(kode, 0), dict(taking[kode]))
        for kode, n in rolled_up(keluarga, width).items()
    }


def listed(rows: QuerySet, user, asked: Filter | None = None) -> QuerySet:
    """Of rows that belong to a keluarga, those whose keluarga is on the list, or among those asked for."""
    rows = rows.filter(within(user, "keluarga__wilayah_id"))
    if asked and asked.narrows:
        return rows.filter(keluarga__in=asked.keluarga(user).values("pk"))
    return rows.filter(keluarga__status=Keluarga.Status.AKTIF)


def current_kepesertaan(user, asked: Filter | None = None) -> QuerySet[Kepesertaan]:
    """Memberships of keluarga on the list (or those asked for) that count, in the list that wrote them last."""
    rows = listed(Kepesertaan.objects.visible_to(user).berlaku(), user, asked)
    return rows.filter(sumber=F("keluarga__sumber"))


def count_per(rows: QuerySet, width: int, *, of: str = "*", distinct: bool = False) -> dict[str, int]:
    """{kode: count} of rows with a wilayah, by the first `width` digits of its code.

    A distinct count is right only for what lies in one village, as a keluarga does.
    """
    counted = rows.order_by().values_list("wilayah_id").annotate(n=Count(of, distinct=distinct))
    return rolled_up({kode: n for kode, n in counted if kode}, width)


def rolled_up(per_village: dict[str, int], width: int) -> dict[str, int]:
    """Village counts added up to the level whose codes have `width` digits."""
    sums: Counter[str] = Counter()
    for kode, n in per_village.items():
        sums[kode[:width]] += n
    return dict(sums)


def _inside(per_village: dict[str, int], codes: tuple[str, ...]) -> int:
    """The sum over the villages in `codes`, or over all of them."""
    return sum(n for kode, n in per_village.items() if not codes or kode.startswith(codes))


def _on_list(rows: QuerySet, *gone_list: QuerySet) -> dict[str, int]:
    """All minus those who left the list, which are few: each is answered by an index alone."""
    counts = Counter(count_per(rows, 10))
    for gone in gone_list:
        counts.subtract(count_per(gone, 10))
    return {kode: n for kode, n in counts.items() if n}


def _people(user, **conditions) -> dict[str, int]:
    rows = Anggota.objects.visible_to(user).exclude(**conditions)
    with_theirs = rows.filter(within(user, "keluarga__wilayah_id"), keluarga__status=Keluarga.Status.KELUAR)
    alone = listed(rows.exclude(status=Anggota.Status.AKTIF), user)
    return _on_list(rows, with_theirs, alone)


def keluarga_per_village(user) -> dict[str, int]:
    """Keluarga on the list in each village of the user's territory."""
    rows = Keluarga.objects.visible_to(user)
    return remembered("keluarga", user, lambda: _on_list(rows, rows.filter(status=Keluarga.Status.KELUAR)))


def anggota_per_village(user) -> dict[str, int]:
    """People in them."""
    return remembered("anggota", user, lambda: _people(user))


def belum_padan_per_village(user) -> dict[tuple[str, str], int]:
    """{(village, result): people} in them who do not agree with the registry; "" has not been matched."""

    def count():
        rows = Anggota.objects.visible_to(user).exclude(padan_hasil=HasilPadan.PADAN)
        with_theirs = rows.filter(
            within(user, "keluarga__wilayah_id"), keluarga__status=Keluarga.Status.KELUAR
        )
        alone = listed(rows.exclude(status=Anggota.Status.AKTIF), user)
        counts = Counter(count_padan(rows))
        for gone in (with_theirs, alone):
            counts.subtract(count_padan(gone))
        return {key: n for key, n in counts.items() if n}

    return remembered("belum padan", user, count)


def count_padan(rows: QuerySet[Anggota]) -> dict[tuple[str, str], int]:
    """{(village, result): people} of some rows."""
    counted = rows.order_by().values_list("wilayah_id", "padan_hasil").annotate(n=Count("*"))
    return {(kode, hasil): n for kode, hasil, n in counted if kode}


def buruk_per_village(user) -> dict[str, int]:
    """People in them whose NIK has not the right form."""
    return remembered("nik_buruk", user, lambda: _people(user, nik_status=Anggota.NikStatus.VALID))


def program_per_village(user) -> dict[tuple[str, str], int]:
    """{(village, programme): keluarga} in their own list."""

    def count():
        taking = current_kepesertaan(user).order_by().values_list("wilayah_id", "program_id")
        counted = taking.annotate(n=Count("keluarga_id", distinct=True))
        return {(kode, program): n for kode, program, n in counted if kode}

    return remembered("program", user, count)


def _from_rekap(user, codes: tuple[str, ...], tingkat: str) -> dict[str, Angka]:
    if not codes:
        return {}
    cells = Rekap.objects.filter(Filter(wilayah=codes).inside(), wilayah__tingkat=tingkat)
    cells = cells.filter(within_reach(user))
    values: dict[str, dict[str, int | None]] = defaultdict(dict)
    for kode, ukuran, n in cells.values_list("wilayah_id", "ukuran", "pembilang"):
        values[kode][ukuran] = n
    return {
        kode: Angka(
            found.get("keluarga"),
            found.get("anggota"),
            found.get("nik_buruk"),
            {name.removeprefix("program_"): n for name, n in found.items() if name.startswith("program_")},
        )
        for kode, found in values.items()
    }


def tree_of(user, per_village: dict[str, int]) -> list[list]:
    """The user's wilayah for the picker, parents first: code, name, kind, keluarga on the list.

    per_village: keluarga_per_village(user).
    """
    territory: Territory = territory_of(user)
    wilayah_list = Wilayah.objects.all()
    if not territory.semua:
        wilayah_list = wilayah_list.filter(Q(pk__in=[]) | _any_below(territory.kode))
    sums: Counter[str] = Counter()
    for kode, n in per_village.items():
        for width in WIDTH.values():
            sums[kode[:width]] += n
    return [
        [
            w.kode,
            w.nama,
            "" if w.tingkat == Wilayah.Tingkat.PROVINSI else w.get_jenis_display().lower(),
            sums[w.kode],
        ]
        for w in wilayah_list.order_by("kode").only("kode", "nama", "tingkat", "jenis")
    ]


def _any_below(codes: Iterable[str]) -> Q:
    found = Q()
    for kode in codes:
        found |= below("kode", kode)
    return found


def program_list() -> list[Program]:
    """All programmes in their order."""
    return list(Program.objects.all())


def sumber_judul(user) -> str:
    """The list the user's keluarga come from: the newest that any of them was written by."""
    used = Keluarga.objects.visible_to(user).filter(sumber=OuterRef("pk"))
    sumber = Sumber.objects.filter(Exists(used)).order_by("-periode", "jenis").first()
    return sumber.judul if sumber else ""
