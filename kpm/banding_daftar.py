"""What is shown of the keluarga behind a number of the comparison: how each was, and how it is.

Fetched for the ids of one page, or of one chunk of an export: the number of queries does not depend on them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property

from kpm.banding import Banding
from kpm.models import Anggota, Keluarga, Kepesertaan, Peringkat, Program, Tercatat
from spatial.models import Wilayah


@dataclass
class Keadaan:
    """A keluarga in one of the two periods, as its file said it."""

    desa: str = ""
    kode: str | None = None
    orang: set[int] = field(default_factory=set)
    peringkat: dict[str, int] = field(default_factory=dict)
    program: list[str] = field(default_factory=list)
    job: int = 0

    @property
    def ada(self) -> bool:
        """True when it was in that period at all, as far as the reader may know."""
        return bool(self.job)

    @property
    def banyak(self) -> str:
        """How many persons, empty where it was not."""
        return str(len(self.orang)) if self.ada else ""


@dataclass
class Baris:
    """One line of the list."""

    keluarga: Keluarga
    kepala: Anggota | None = None
    anggota: list[int] = field(default_factory=list)
    dulu: Keadaan = field(default_factory=Keadaan)
    kini: Keadaan = field(default_factory=Keadaan)
    ikut: list[str] = field(default_factory=list)
    lepas: list[str] = field(default_factory=list)
    skala: list[str] = field(default_factory=list)

    @property
    def peringkat_list(self) -> list[tuple[str, str]]:
        """For each scale the rank before and now, as text."""
        return [
            (str(self.dulu.peringkat.get(scale, "")), str(self.kini.peringkat.get(scale, "")))
            for scale in self.skala
        ]

    @property
    def pindah(self) -> bool:
        return self.dulu.ada and self.kini.ada and self.dulu.kode != self.kini.kode

    @property
    def keduanya(self) -> bool:
        return self.dulu.ada and self.kini.ada

    @property
    def bertambah(self) -> int:
        return len(self.kini.orang - self.dulu.orang) if self.keduanya else 0

    @property
    def berkurang(self) -> int:
        return len(self.dulu.orang - self.kini.orang) if self.keduanya else 0

    @property
    def perubahan(self) -> list[str]:
        """What happened to it, in words."""
        if not self.dulu.ada:
            return ["masuk"]
        if not self.kini.ada:
            return ["keluar"]
        words = ["pindah desa"] if self.pindah else []
        for scale, now in self.kini.peringkat.items():
            before = self.dulu.peringkat.get(scale)
            if before is not None and before != now:
                words.append(f"{scale} {'naik' if now > before else 'turun'}")
        words += [f"anggota bertambah {self.bertambah}"] if self.bertambah else []
        words += [f"anggota berkurang {self.berkurang}"] if self.berkurang else []
        words += [f"ikut {name}" for name in self.ikut] + [f"lepas {name}" for name in self.lepas]
        return words


class Pembaca:
    """Reads the lines of one comparison, all of it through the gate."""

    def __init__(self, banding: Banding):
        self.banding, self.user = banding, banding.user
        self.both = [banding.dari.pk, banding.ke.pk]

    @cached_property
    def places(self) -> dict[str, str]:
        """Village code: "Rias, Toboali"."""
        villages = Wilayah.objects.villages().values_list("kode", "nama", "induk__nama")
        return {kode: f"{desa}, {kecamatan}" for kode, desa, kecamatan in villages}

    @cached_property
    def program(self) -> dict[str, str]:
        """Short names in their order."""
        return dict(Program.objects.values_list("kode", "singkatan"))

    def baris(self, ids: list[int]) -> list[Baris]:
        """The lines of these keluarga, in this order; one that is not visible any more is left out."""
        found = self.banding.keluarga().filter(pk__in=ids)
        scales = self.banding.scales()
        rows = {keluarga.pk: Baris(keluarga, skala=scales) for keluarga in found}
        self._heads(rows)
        self._recorded(rows)
        self._ranks(rows)
        self._programmes(rows)
        return [rows[pk] for pk in ids if pk in rows]

    def _side(self, row: Baris, sumber: int) -> Keadaan:
        return row.dulu if sumber == self.banding.dari.pk else row.kini

    def _heads(self, rows: dict[int, Baris]) -> None:
        people = Anggota.objects.visible_to(self.user).aktif().filter(keluarga_id__in=rows)
        for anggota in people.order_by("keluarga_id", "-kepala", "pk").only(
            "keluarga_id", "nama", "nik", "nik_status", "kepala"
        ):
            row = rows[anggota.keluarga_id]
            row.kepala = row.kepala or anggota
            row.anggota.append(anggota.pk)

    def _recorded(self, rows: dict[int, Baris]) -> None:
        said = Tercatat.objects.visible_to(self.user).filter(keluarga_id__in=rows, sumber__in=self.both)
        for one in said.order_by("job_id"):
            side = self._side(rows[one.keluarga_id], one.sumber_id)
            side.job, side.kode = one.job_id, one.wilayah_id
            side.desa = self.places.get(one.wilayah_id or "", "tanpa wilayah")
            side.orang.update(one.anggota)

    def _ranks(self, rows: dict[int, Baris]) -> None:
        ranks = Peringkat.objects.visible_to(self.user).filter(keluarga_id__in=rows, sumber__in=self.both)
        for one in ranks:
            side = self._side(rows[one.keluarga_id], one.sumber_id)
            side.peringkat = {
                scale: value
                for scale, value in (("desil", one.desil), ("persentil", one.persentil))
                if value is not None
            }

    def _programmes(self, rows: dict[int, Baris]) -> None:
        """Programmes of each side; joined and left only where both files speak of the programme."""
        taking = Kepesertaan.objects.visible_to(self.user).filter(keluarga_id__in=rows, sumber__in=self.both)
        known: dict[tuple[int, int], set[str]] = defaultdict(set)
        for pk, sumber, program in taking.values_list("keluarga_id", "sumber_id", "program_id").distinct():
            known[pk, sumber].add(program)
        silent = set(self.banding.silent)
        for pk, row in rows.items():
            before, now = (known[pk, sumber] for sumber in self.both)
            row.dulu.program, row.kini.program = self._named(before), self._named(now)
            if row.keduanya:
                compared = {
                    kode
                    for kode in before ^ now
                    if not silent.intersection({(row.dulu.job, kode), (row.kini.job, kode)})
                }
                row.ikut, row.lepas = self._named(compared & now), self._named(compared & before)

    def _named(self, kode_list: set[str]) -> list[str]:
        return [name for kode, name in self.program.items() if kode in kode_list]
