"""What the home pages, the page of a wilayah and the trail show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F
from django.urls import reverse

from access.models import Jejak, Peringatan, User, Volume
from access.rules import may_see_jejak, may_see_names
from access.scope import penugasan_of
from jobs.inbox import Line
from jobs.models import Job
from jobs.queries import fetch_related, kind_or_none, title_of
from kpm.models import Program, Rekap
from kpm.queries import WIDTH, Angka, angka_per
from sentral.templatetags.sentral_tags import angka, persen_dari
from sentral.trail import midnight
from spatial.layers import Layer, get_layer
from spatial.models import Wilayah
from spatial.queries import Nilai, Numbers, active_versi, box_of, class_colours

HIDDEN = "kurang dari 10"
LAST_JOBS = 5
LAST_JEJAK = 10
BELOW: dict[str, str] = {
    Wilayah.Tingkat.PROVINSI: Wilayah.Tingkat.KABUPATEN_KOTA,
    Wilayah.Tingkat.KABUPATEN_KOTA: Wilayah.Tingkat.KECAMATAN,
    Wilayah.Tingkat.KECAMATAN: Wilayah.Tingkat.DESA_KELURAHAN,
}
WORDS: dict[str, str] = {
    Wilayah.Tingkat.KABUPATEN_KOTA: "Kabupaten atau kota",
    Wilayah.Tingkat.KECAMATAN: "Kecamatan",
    Wilayah.Tingkat.DESA_KELURAHAN: "Desa atau kelurahan",
}


def written(n: int | None) -> str:
    """A count, or the words for a cell that is too small to show."""
    return HIDDEN if n is None else angka(n)


@dataclass(frozen=True)
class Share:
    """One programme in one wilayah."""

    program: Program
    keluarga: int | None
    dari: int | None
    url: str = ""

    @property
    def tertulis(self) -> str:
        return written(self.keluarga)

    @property
    def persen(self) -> str:
        return persen_dari(self.keluarga, self.dari)


@dataclass(frozen=True)
class Part:
    """One wilayah in the table of a larger one."""

    wilayah: Wilayah
    angka: Angka

    @property
    def keluarga(self) -> str:
        return written(self.angka.keluarga)

    @property
    def anggota(self) -> str:
        return written(self.angka.anggota)

    @property
    def nik(self) -> str:
        return persen_dari(self.angka.nik_benar, self.angka.anggota)


@dataclass(frozen=True)
class Overview:
    """A wilayah with its numbers, its programmes and the wilayah below it."""

    wilayah: Wilayah
    angka: Angka
    share_list: list[Share]
    part_list: list[Part]
    tingkat_bawah: str

    @property
    def terbanyak(self) -> int:
        """The longest bar of the table."""
        return max((part.angka.keluarga or 0 for part in self.part_list), default=0)

    @property
    def kosong(self) -> bool:
        return self.angka.keluarga == 0


def overview(user, wilayah: Wilayah) -> Overview:
    """Gather it through the gate; who may only count gets the cells of rekap."""
    below = BELOW.get(wilayah.tingkat)
    levels = [wilayah.tingkat, below] if below else [wilayah.tingkat]
    own_level, *rest = angka_per(user, [wilayah.kode], *levels)
    own = own_level.get(wilayah.kode) or Angka()
    inner_list = Wilayah.objects.below(wilayah.kode).filter(tingkat=below) if below else []
    parts = [Part(inner, rest[0].get(inner.kode, Angka())) for inner in inner_list]
    names = may_see_names(user)
    shares = [
        Share(
            program,
            own.program.get(program.kode, 0),
            own.keluarga,
            f"/keluarga/?wilayah={wilayah.kode}&program={program.kode}" if names else "",
        )
        for program in Program.objects.all()
        if program.kode in own.program
    ]
    return Overview(wilayah, own, shares, parts, WORDS.get(below or "", ""))


def numbers_of(found: Overview, *, names: bool) -> list[dict[str, str]]:
    """The numbers that matter, each with what it rests on (templates/parts/numbers.html)."""
    own, kode = found.angka, found.wilayah.kode
    list_url = f"/keluarga/?wilayah={kode}" if names else ""
    numbers = [
        {
            "label": "Keluarga terdaftar",
            "nilai": written(own.keluarga),
            "ket": "lihat daftarnya" if list_url else _per_village(found),
            "url": list_url,
        },
        {"label": "Anggota keluarga", "nilai": written(own.anggota), "ket": _per_keluarga(own)},
    ]
    if own.anggota and own.nik_benar is not None:
        numbers.append(
            {
                "label": "NIK berbentuk benar",
                "nilai": persen_dari(own.nik_benar, own.anggota),
                "ket": f"{angka(own.nik_buruk)} dari {angka(own.anggota)} orang perlu diperiksa",
                "url": f"{list_url}&nik=buruk" if list_url else "",
            }
        )
    if found.share_list:
        # the programme that reaches most, since a total would count a keluarga twice
        most = max(found.share_list, key=lambda share: share.keluarga or 0)
        if most.keluarga:
            numbers.append(
                {
                    "label": f"Penerima {most.program.singkatan}",
                    "nilai": most.persen,
                    "ket": f"{most.tertulis} dari {written(own.keluarga)} keluarga",
                    "url": most.url,
                }
            )
    return numbers


def _per_keluarga(own: Angka) -> str:
    if not own.keluarga or not own.anggota:
        return ""
    return f"rata-rata {angka(own.anggota / own.keluarga, 1)} orang per keluarga"


def _per_village(found: Overview) -> str:
    counted = sum(1 for part in found.part_list if part.angka.keluarga)
    return f"di {counted} dari {len(found.part_list)} wilayah di bawahnya" if found.part_list else ""


SMALL_MAP = "program_pkh"
LEVELS = [
    Wilayah.Tingkat.DESA_KELURAHAN.value,
    Wilayah.Tingkat.KECAMATAN.value,
    Wilayah.Tingkat.KABUPATEN_KOTA.value,
]


def small_map(user, wilayah: Wilayah) -> dict[str, Any] | None:
    """The share of one programme, for the picture on the home page; None without anything to draw.

    Per village, or per larger wilayah where the villages' cells are all hidden.
    """
    versi, layer = active_versi(), get_layer(SMALL_MAP)
    box = box_of([wilayah.kode], versi)
    if versi is None or layer is None or box is None:
        return None
    numbers = Numbers(layer, user, {})
    for tingkat in (t for t in LEVELS if len(wilayah.kode) < WIDTH[t]):
        found = numbers.sebaran(tingkat)
        inside = [n for n in found.nilai_list if n.wilayah.kode.startswith(wilayah.kode)]
        if any(n.nilai is not None for n in inside):
            break
    else:
        return None
    colours = class_colours(len(found.bounds) + 1)
    return {
        "judul": layer.nama,
        "per": WORDS[tingkat].lower(),
        "url": f"{reverse('spatial:peta')}?ukuran={layer.kode}",
        "kelas_list": found.legend(),
        "tanpa_data": any(n.nilai is None for n in inside),
        "indikatif": versi.indikatif,
        "data": {
            "batas": reverse("spatial:peta-batas", args=[versi.pk, tingkat]),
            "kotak": box,
            "warna": {n.wilayah.kode: 0 if n.nilai is None else colours[n.kelas] for n in inside},
        },
    }


MEASURES = ("rata_desil", "rata_persentil", "rata_program", "tanpa_program")


@dataclass(frozen=True)
class Measure:
    """One measure of the map as the page of a wilayah shows it."""

    layer: Layer
    nilai: Nilai
    url: str


def measures(user, wilayah: Wilayah) -> list[Measure]:
    """Ranks and help in one wilayah, in the words of the map; what has no number is left out."""
    found = []
    for kode in MEASURES:
        layer = get_layer(kode)
        nilai = Numbers(layer, user, {}).of(wilayah) if layer else None
        if layer and nilai and (nilai.nilai is not None or nilai.rinci):
            found.append(
                Measure(layer, nilai, f"{reverse('spatial:peta')}?ukuran={kode}&wilayah={wilayah.kode}")
            )
    return found


def own_wilayah(user) -> list[Wilayah]:
    """The wilayah of the penugasan that count now, widest first, each once."""
    found: dict[str, Wilayah] = {}
    for penugasan in penugasan_of(user):
        found.setdefault(penugasan.wilayah_id, penugasan.wilayah)
    codes = sorted(found, key=lambda kode: (len(kode), kode))
    return [found[kode] for kode in codes if not any(kode != o and kode.startswith(o) for o in codes)]


def peran_of(user) -> set[str]:
    return {penugasan.peran for penugasan in penugasan_of(user)}


@dataclass(frozen=True)
class JobLine:
    """A job on the home page."""

    job: Job
    judul: str
    url: str


def last_jobs(user) -> list[JobLine]:
    """The user's latest jobs, newest first."""
    jobs = list(Job.objects.owned_by(user).order_by("-dibuat")[:LAST_JOBS])
    fetch_related(jobs)
    lines = []
    for job in jobs:
        kind = kind_or_none(job)
        url = kind.result_url(job) if kind and job.keadaan == Job.Keadaan.SELESAI else ""
        lines.append(JobLine(job, title_of(job), url or job.get_absolute_url()))
    return lines


def rekap_time() -> datetime | None:
    """When the counts without names were last written."""
    return Rekap.objects.order_by("-dihitung").values_list("dihitung", flat=True).first()


# --- the trail -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class JejakFilter:
    """What of the trail is asked for. All of it may stand in an address: it names no citizen."""

    pengguna: str = ""
    aksi: str = ""
    wilayah: str = ""
    dari: date | None = None
    sampai: date | None = None

    def rows(self):
        """Newest first. The app role reads the trail only for those who may (access.rls)."""
        rows = Jejak.objects.select_related("pengguna", "wilayah").order_by("-waktu", "pk")
        if self.pengguna:
            rows = rows.filter(pengguna__username=self.pengguna)
        if self.aksi:
            rows = rows.filter(aksi=self.aksi)
        if self.wilayah:
            rows = rows.filter(wilayah_id__gte=self.wilayah, wilayah_id__lt=self.wilayah + ":")
        if self.dari:
            rows = rows.filter(waktu__gte=midnight(self.dari))
        if self.sampai:
            rows = rows.filter(waktu__lt=midnight(self.sampai + timedelta(days=1)))
        return rows


def last_jejak() -> list[Jejak]:
    return list(JejakFilter().rows()[:LAST_JEJAK])


def jejak_users() -> list[User]:
    """Everybody with an account, by name: an officer, not a citizen."""
    return list(User.objects.order_by("nama", "username").only("username", "nama"))


# --- warnings ------------------------------------------------------------------------------------


VOLUME_WORDS = {"lihat": "orang di halaman keluarga", "daftar": "orang di daftar", "buka": "NIK atau No. KK"}


@dataclass(frozen=True)
class Warned:
    """A warning with what the day's count has come to since."""

    peringatan: Peringatan
    banyak: int

    @property
    def apa(self) -> str:
        """ "63 NIK atau No. KK, ambangnya 50"."""
        jenis = VOLUME_WORDS[self.peringatan.jenis]
        return f"{angka(self.banyak)} {jenis}, ambangnya {angka(self.peringatan.ambang)}"


def peringatan_rows():
    """Those not looked into first, then the newest."""
    rows = Peringatan.objects.select_related("pengguna", "pemeriksa")
    return rows.order_by(F("diperiksa").desc(nulls_first=True), "-dibuat", "pk")


def with_volume(rows: list[Peringatan]) -> list[Warned]:
    """Each with its count, in one query."""
    counts = {
        (v.pengguna_id, v.tanggal, v.jenis): v.banyak
        for v in Volume.objects.filter(
            pengguna__in={p.pengguna_id for p in rows}, tanggal__in={p.tanggal for p in rows}
        )
    }
    return [Warned(p, counts.get((p.pengguna_id, p.tanggal, p.jenis), p.ambang)) for p in rows]


def peringatan_waiting_for(user) -> list[Line]:
    """For the inbox of auditor and admin."""
    if not may_see_jejak(user):
        return []
    return [
        Line(
            judul="Periksa peringatan akses",
            keterangan="Ada yang membuka data orang lebih banyak daripada biasanya dalam sehari",
            jumlah=Peringatan.objects.unchecked().count(),
            url=reverse("peringatan_list"),
        )
    ]
