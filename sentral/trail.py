"""Who saw one keluarga or one anggota: the lines of the trail, and what they say in words.

Four places name a row: the line itself, its list of rows (JejakIsi), an export that held it (EksporIsi),
and the import it came with. Officers have names here, citizens are numbers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from access.models import Jejak, JejakIsi, Peran
from jobs.models import EksporIsi
from kpm.models import Anggota, Impor, Keluarga, Suntingan
from padan.models import Putusan
from spatial.models import Wilayah

KELUARGA, ANGGOTA = "keluarga", "anggota"
SEBAGAI = dict(Peran.choices)
FIELDS = {"nik": "NIK", "no_kk": "No. KK"}
EDITS = dict(Suntingan.Jenis.choices)
PADAN = dict(Putusan.Keputusan.choices)


def midnight(day: date) -> datetime:
    """The start of a day in the office's time zone."""
    return timezone.make_aware(datetime.combine(day, time.min))


@dataclass(frozen=True)
class Subject:
    """Whose trail it is. keluarga, anggota: the row, when the reader may see people; else None."""

    objek: str
    pk: int
    keluarga: Keluarga | None = None
    anggota: Anggota | None = None

    @property
    def wilayah_id(self) -> str | None:
        """Where the row lies, or lay when it was looked at."""
        row = self.anggota or self.keluarga
        if row is not None:
            return row.wilayah_id
        seen = Jejak.objects.filter(
            objek=self.objek, objek_id=str(self.pk), wilayah__tingkat=Wilayah.Tingkat.DESA_KELURAHAN
        )
        return seen.order_by("-waktu").values_list("wilayah_id", flat=True).first()

    def keys(self, dari: date | None = None, sampai: date | None = None) -> QuerySet:
        """(pk, waktu) of every line about it, newest first, each once."""
        rows = Jejak.objects.all()
        if dari:
            rows = rows.filter(waktu__gte=midnight(dari))
        if sampai:
            rows = rows.filter(waktu__lt=midnight(sampai + timedelta(days=1)))
        named = JejakIsi.objects.filter(objek=self.objek, ids__contains=[self.pk])
        exports = EksporIsi.objects.filter(objek=self.objek, ids__contains=[self.pk])
        parts = [
            rows.filter(pk__in=named.values("jejak")),
            rows.filter(objek=self.objek, objek_id=str(self.pk)),
            rows.filter(objek="ekspor", objek_id__in=_texts(exports.values_list("ekspor_id", flat=True))),
            rows.filter(objek="impor", objek_id__in=_texts(self._imports())),
        ]
        first, *others = (part.order_by().values_list("pk", "waktu") for part in parts)
        return first.union(*others).order_by("-waktu", "pk")

    def _imports(self) -> Iterable[int]:
        """The imports that wrote it, as far as the reader may see the row and its history."""
        row: Any = self.anggota or self.keluarga
        if row is None:
            return []
        events = type(row).pgh_event_model.objects.filter(pgh_obj_id=row.pk)
        jobs = {row.job_id, row.job_ubah_id, *events.values_list("job_ubah_id", flat=True)} - {None}
        return Impor.objects.filter(job_id__in=jobs).values_list("pk", flat=True)


def _texts(numbers: Iterable[int]) -> list[str]:
    return [str(number) for number in numbers]


@dataclass(frozen=True)
class TrailLine:
    """A line as the page and the letter show it."""

    jejak: Jejak
    apa: str
    sebagai: str

    @property
    def siapa(self) -> str:
        return self.jejak.pengguna.nama if self.jejak.pengguna else "sistem"


def lines_of(keys: Iterable[tuple]) -> list[TrailLine]:
    """The lines behind the keys of one page, in their order."""
    wanted = [pk for pk, _ in keys]
    found = {jejak.pk: jejak for jejak in Jejak.objects.filter(pk__in=wanted).select_related("pengguna")}
    lines = [found[pk] for pk in wanted]
    places = _places(lines)
    return [TrailLine(line, said_of_subject(line), _sebagai(line.sebagai, places)) for line in lines]


def _pairs(sebagai: str) -> list[tuple[str, str]]:
    return [(peran, kode) for peran, _, kode in (word.partition(":") for word in sebagai.split(",")) if peran]


def _places(lines: list[Jejak]) -> dict[str, str]:
    codes = {kode for line in lines for _, kode in _pairs(line.sebagai)}
    return {w.kode: w.nama_lengkap for w in Wilayah.objects.filter(pk__in=codes)} if codes else {}


def _sebagai(sebagai: str, places: dict[str, str]) -> str:
    """ "tksk:190301" reads "TKSK, Kec. Toboali"."""
    return "; ".join(
        f"{SEBAGAI.get(peran, peran)}, {places.get(kode, kode)}" for peran, kode in _pairs(sebagai)
    )


def said_of_subject(jejak: Jejak) -> str:
    """What was done to the one the trail is about."""
    aksi = Jejak.Aksi
    match jejak.aksi:
        case aksi.LIHAT_ORANG if jejak.rincian.get("untuk") == "buka":
            return "membuka formulir NIK dan No. KK"
        case aksi.LIHAT_ORANG if jejak.objek == "kandidat":
            return "membandingkan dengan data Dukcapil"
        case aksi.LIHAT_ORANG if jejak.objek == "usulnik":
            return "melihat NIK yang diusulkan"
        case aksi.LIHAT_ORANG:
            return "membuka halaman keluarga"
        case aksi.LIHAT_DAFTAR:
            return f"melihat dalam daftar{_searched(jejak)}"
        case aksi.BUKA:
            return f"membuka {FIELDS.get(jejak.rincian.get('bagian', ''), 'nomor')}"
        case aksi.LIHAT_JEJAK:
            return "melihat jejak ini"
        case aksi.IMPOR:
            return "memuat berkas yang memuat baris ini"
        case aksi.SUNTING:
            return f"mengubah data: {EDITS.get(jejak.rincian.get('jenis', ''), 'perubahan').lower()}"
        case aksi.UNDUH if jejak.rincian.get("tahap") == "dibuat":
            return f"membuat berkas ekspor {jejak.objek_id}"
        case aksi.UNDUH if jejak.objek == "ekspor":
            return f"mengunduh ekspor {jejak.objek_id}"
        case aksi.UNDUH if jejak.objek == "impor":
            return "mengunduh baris ditolak"
        case aksi.UNDUH:
            return "membuat surat jawaban"
        case aksi.PADAN if jejak.objek == "usulnik":
            return f"memutuskan NIK yang diusulkan: {jejak.rincian.get('hasil', '')}"
        case aksi.PADAN if jejak.rincian.get("tahap") == "batal":
            return "membatalkan putusan padan"
        case aksi.PADAN:
            return f"memutuskan padan: {PADAN.get(jejak.rincian.get('hasil', ''), '')}"
        case aksi.SETUJU:
            return f"memutuskan ekspor {jejak.objek_id}"
        case _:
            return jejak.get_aksi_display()


def details_of(jejak: Jejak) -> str:
    """What the trail's page says beside the act: "15 keluarga, halaman 2, hasil pencarian menurut nama"."""
    aksi = Jejak.Aksi
    if jejak.aksi == aksi.LIHAT_DAFTAR:
        rincian = jejak.rincian
        benda = "orang" if jejak.objek in ("kandidat", "usulnik") else "keluarga"
        return f"{rincian.get('banyak', 0)} {benda}, halaman {rincian.get('halaman', 1)}{_searched(jejak)}"
    if jejak.aksi == aksi.BUKA:
        return FIELDS.get(jejak.rincian.get("bagian", ""), "")
    if jejak.aksi == aksi.LIHAT_ORANG and "anggota" in jejak.rincian:
        return f"{jejak.rincian['anggota']} anggota"
    if jejak.aksi == aksi.CARI and jejak.rincian.get("menurut"):
        return f"menurut {jejak.rincian['menurut']}"
    return ""


def _searched(jejak: Jejak) -> str:
    cari = jejak.rincian.get("cari")
    return f", hasil pencarian menurut {cari}" if cari else ""


@dataclass
class Grouped:
    """Equal acts of one officer on one day, for the letter."""

    tanggal: date
    siapa: str
    sebagai: str
    apa: str
    alasan: str
    pertama: datetime
    terakhir: datetime
    kali: int = 1

    @property
    def lama(self) -> bool:
        """True when the first and the last are not of the same minute."""
        return self.pertama.replace(second=0, microsecond=0) < self.terakhir.replace(second=0, microsecond=0)


def grouped(lines: Iterable[TrailLine]) -> list[Grouped]:
    """Newest first, as the lines come."""
    found: dict[tuple, Grouped] = {}
    for line in lines:
        waktu = line.jejak.waktu
        day = timezone.localtime(waktu).date()
        key = (day, line.siapa, line.sebagai, line.apa, line.jejak.alasan)
        if key in found:
            found[key].kali += 1
            found[key].pertama = min(found[key].pertama, waktu)
        else:
            found[key] = Grouped(*key, pertama=waktu, terakhir=waktu)
    return list(found.values())
