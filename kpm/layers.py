"""What the map shows of keluarga: how many, which share of them, and means of rank and of programmes.

Who may see names counts the registers through the gate, with the filter of the list; who may only count
(pimpinan, Dukcapil) reads rekap, where cells under 10 are empty and no filter reaches.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal
from urllib.parse import urlencode

from django.urls import reverse

from access.rules import may_see_names
from kpm.filters import BURUK, NAMES, PERLU, TANPA, Filter, FilterForm, bounds, rank_sumber
from kpm.indikator import ukuran_list
from kpm.measures import (
    POOREST,
    Pairs,
    added_up,
    answer_means,
    answer_pairs,
    padan_pairs,
    program_pairs,
    rank_pairs,
    unreached_pairs,
)
from kpm.models import Anggota, HasilPadan, Rekap
from kpm.queries import (
    WIDTH,
    anggota_per_village,
    buruk_per_village,
    count_per,
    current_kepesertaan,
    keluarga_per_village,
    program_per_village,
    reach_of,
    rolled_up,
    within_reach,
)
from kpm.queries_jawaban import YA, Soal, offered, soal_of
from spatial.layers import Angka, Layer, Satuan, register
from spatial.models import Wilayah


class KeluargaLayer(Layer):
    """What all measures of keluarga share. `ukuran` names the cell of rekap."""

    ukuran = ""
    daftar = "Lihat daftar keluarganya"

    def rows(self, user, tingkat: str, filter: Mapping) -> Mapping[str, Angka]:
        if may_see_names(user):
            asked = _asked(filter)
            return self.count(user, asked, WIDTH[tingkat])
        cells = Rekap.objects.filter(within_reach(user), wilayah__tingkat=tingkat)
        return self.read(cells, tingkat)

    def count(self, user, asked: Filter, width: int) -> dict[str, Angka]:
        """The numbers from the registers."""
        raise NotImplementedError

    def read(self, cells, tingkat: str) -> dict[str, Angka]:
        """The numbers from rekap: a hidden cell is (None, None)."""
        return {
            kode: (part, whole)
            for kode, part, whole in cells.filter(ukuran=self.ukuran).values_list(
                "wilayah_id", "pembilang", "penyebut"
            )
            if part or part is None
        }

    def reach(self, user) -> tuple[str, ...]:
        return reach_of(user)

    def rolls_up(self, user) -> bool:
        """Counts of villages add up; cells of rekap may be hidden and do not."""
        return may_see_names(user)

    def filter_form(self, user, filter: Mapping):
        if not may_see_names(user):
            return None
        return FilterForm(_asked(filter), rank_sumber(user), offered(user))

    def filter_query(self, filter: Mapping) -> str:
        return urlencode(_asked(filter).query())

    def list_url(self, user, kode: str, filter: Mapping) -> str:
        if not may_see_names(user):
            return ""
        return self.narrowed(_asked(filter)).url(reverse("kpm:keluarga_list"), {"wilayah": kode})

    def narrowed(self, asked: Filter) -> Filter:
        """The filter under which the list shows exactly the rows behind the number."""
        return asked


def _asked(filter: Mapping) -> Filter:
    """The filter of the list without its wilayah: on the map that is the one clicked."""
    words = {name: filter.get(name, "") for name in (*NAMES, "indikator")}
    many = filter.getlist("jawaban") if hasattr(filter, "getlist") else filter.get("jawaban", "")
    return Filter.read(words | {"jawaban": many})


def _keluarga_per(user, asked: Filter, width: int) -> dict[str, int]:
    if asked.narrows:
        return count_per(asked.keluarga(user), width)
    return rolled_up(keluarga_per_village(user), width)


def _anggota_per(user, asked: Filter, width: int) -> dict[str, int]:
    if asked.narrows:
        return count_per(_people_of(user, asked), width)
    return rolled_up(anggota_per_village(user), width)


def _buruk_per(user, asked: Filter, width: int) -> dict[str, int]:
    if asked.narrows:
        return count_per(_people_of(user, asked).exclude(nik_status=Anggota.NikStatus.VALID), width)
    return rolled_up(buruk_per_village(user), width)


def _program_per(user, asked: Filter, width: int, program: str) -> dict[str, int]:
    if asked.narrows:
        taking = current_kepesertaan(user, asked).filter(program=program)
        return count_per(taking, width, of="keluarga_id", distinct=True)
    counts = program_per_village(user)
    return rolled_up({kode: n for (kode, name), n in counts.items() if name == program}, width)


def _people_of(user, asked: Filter):
    return Anggota.objects.visible_to(user).aktif().filter(keluarga__in=asked.keluarga(user).values("pk"))


@register
class JumlahKeluarga(KeluargaLayer):
    kode = "keluarga"
    ukuran = "keluarga"
    nama = "Keluarga terdaftar"
    legenda = "Keluarga terdaftar"
    keterangan = "Banyaknya keluarga dalam daftar."
    satuan = "jumlah"
    pembilang_nama = "keluarga"

    def count(self, user, asked, width):
        return {kode: (n, None) for kode, n in _keluarga_per(user, asked, width).items()}


@register
class JumlahAnggota(KeluargaLayer):
    kode = "anggota"
    ukuran = "anggota"
    nama = "Anggota keluarga"
    legenda = "Anggota keluarga"
    keterangan = "Banyaknya orang dalam keluarga yang terdaftar."
    satuan = "jumlah"
    pembilang_nama = "orang"

    def count(self, user, asked, width):
        return {kode: (n, None) for kode, n in _anggota_per(user, asked, width).items()}


@register
class PerPenduduk(KeluargaLayer):
    """Only where the number of inhabitants is known: kabupaten and kota."""

    kode = "per_1000"
    ukuran = "anggota"
    nama = "Anggota keluarga per 1.000 penduduk"
    legenda = "Orang terdaftar per 1.000 penduduk"
    keterangan = (
        "Orang dalam keluarga yang terdaftar, per 1.000 penduduk. Penduduk diketahui per kabupaten dan kota."
    )
    satuan = "per_1000"
    pembilang_nama = "orang terdaftar"
    penyebut_nama = "penduduk"

    def rolls_up(self, user) -> bool:
        return False  # inhabitants are known from the kabupaten up

    def count(self, user, asked, width):
        return self._per_head(_anggota_per(user, asked, width))

    def read(self, cells, tingkat):
        return self._per_head({kode: part for kode, (part, _) in super().read(cells, tingkat).items()})

    @staticmethod
    def _per_head(counts: Mapping[str, float | None]) -> dict[str, Angka]:
        heads = dict(
            Wilayah.objects.filter(kode__in=counts, penduduk__isnull=False).values_list("kode", "penduduk")
        )
        return {kode: (n, heads[kode]) for kode, n in counts.items() if kode in heads}


class ShareOfProgram(KeluargaLayer):
    """The share of keluarga in one programme. `program` is its kode."""

    satuan = "persen"
    penyebut_nama = "keluarga"
    program = ""

    def count(self, user, asked, width):
        whole = _keluarga_per(user, asked, width)
        part = _program_per(user, asked, width, self.program)
        return {kode: (part.get(kode, 0), n) for kode, n in whole.items()}

    def read(self, cells, tingkat):
        whole = dict(cells.filter(ukuran="keluarga").values_list("wilayah_id", "pembilang"))
        found = {
            kode: (part, base)
            for kode, part, base in cells.filter(ukuran=self.ukuran).values_list(
                "wilayah_id", "pembilang", "penyebut"
            )
        }
        return {kode: found.get(kode, (None, None)) for kode, n in whole.items() if n or n is None}

    def narrowed(self, asked):
        return Filter(**{**vars(asked), "program": self.program})


def _share(kode: str, nama: str) -> None:
    register(
        type(
            f"Penerima_{kode}",
            (ShareOfProgram,),
            {
                "__doc__": f"The share of keluarga in {nama}.",
                "kode": f"program_{kode.lower()}",
                "ukuran": f"program_{kode}",
                "program": kode,
                "nama": f"Keluarga penerima {nama}",
                "legenda": f"Penerima {nama}, persen keluarga",
                "keterangan": f"Persen keluarga terdaftar yang menerima {nama}.",
                "pembilang_nama": f"penerima {nama}",
            },
        )
    )


# The programmes an import writes (migration 0003). A layer is code: one more programme is one more line.
for _kode, _nama in (
    ("PKH", "PKH"),
    ("SEMBAKO", "Sembako"),
    ("BPNT_PPKM", "BPNT-PPKM"),
    ("PBI_JK", "PBI-JK"),
):
    _share(_kode, _nama)


@register
class NikBuruk(KeluargaLayer):
    kode = "nik_buruk"
    ukuran = "nik_buruk"
    nama = "NIK bermasalah"
    legenda = "NIK bermasalah, persen orang"
    keterangan = "Persen orang yang NIK-nya kosong atau tidak mungkin benar, misalnya rusak karena Excel."
    satuan = "persen"
    ramp = "soal"
    pembilang_nama = "NIK bermasalah"
    penyebut_nama = "orang"

    def count(self, user, asked, width):
        part = _buruk_per(user, asked, width)
        return {kode: (part.get(kode, 0), n) for kode, n in _anggota_per(user, asked, width).items()}

    def narrowed(self, asked):
        return Filter(**{**vars(asked), "nik": BURUK})


class ShareOfPadan(KeluargaLayer):
    """The share of people with one result of the match with the registry. Its list is of those behind `saring`."""

    satuan = "persen"
    penyebut_nama = "orang"
    kosong = "Angka muncul setelah data keluarga dicocokkan dengan data Dukcapil."
    hasil = ""
    saring = ""

    def count(self, user, asked, width):
        return dict(added_up(padan_pairs(user, asked, self.hasil), width))

    def read(self, cells, tingkat):
        # before the first match every cell of every level is hidden, which is to say that there is nothing yet
        counted = Rekap.objects.filter(ukuran=self.ukuran, pembilang__isnull=False)
        return self.shares(cells) if counted.exists() else {}

    def shares(self, cells) -> dict[str, Angka]:
        """Part and whole of each cell of rekap; (None, None) where it is hidden."""
        raise NotImplementedError

    def narrowed(self, asked):
        return replace(asked, padan=self.saring)

    def list_url(self, user, kode, filter):
        if _asked(filter).padan not in {"", self.saring}:
            return ""  # the list asks for one result at a time
        return super().list_url(user, kode, filter)


@register
class Padan(ShareOfPadan):
    kode = "padan"
    ukuran = "tidak_padan"
    hasil = HasilPadan.PADAN
    saring = PERLU
    nama = "NIK padan"
    legenda = "NIK padan, persen orang"
    keterangan = (
        "Persen orang yang NIK-nya cocok dengan data Dukcapil, menurut pencocokan terakhir tiap orang. Desa yang"
        " belum pernah dicocokkan tidak dihitung."
    )
    pembilang_nama = "NIK padan"
    daftar = "Lihat keluarga yang belum semuanya padan"

    def shares(self, cells):
        found = cells.filter(ukuran=self.ukuran).values_list("wilayah_id", "pembilang", "penyebut")
        return {kode: (None, None) if part is None else (whole - part, whole) for kode, part, whole in found}


@register
class TidakDitemukan(ShareOfPadan):
    kode = "tidak_ditemukan"
    ukuran = "tidak_ditemukan"
    hasil = HasilPadan.TIDAK_DITEMUKAN
    saring = HasilPadan.TIDAK_DITEMUKAN.value
    nama = "Tidak ditemukan di data Dukcapil"
    legenda = "Tidak ditemukan di data Dukcapil, persen orang"
    keterangan = (
        "Persen orang yang tidak ditemukan di data Dukcapil, baik NIK-nya maupun orangnya, menurut pencocokan"
        " terakhir. Desa yang belum pernah dicocokkan tidak dihitung."
    )
    ramp = "soal"
    pembilang_nama = "tidak ditemukan"

    def shares(self, cells):
        people = dict(cells.filter(ukuran="anggota").values_list("wilayah_id", "pembilang"))
        found = cells.filter(ukuran=self.ukuran).values_list("wilayah_id", "pembilang")
        return {kode: (None, None) if part is None else (part, people.get(kode)) for kode, part in found}


class MeanLayer(KeluargaLayer):
    """A mean over keluarga. Rekap holds it rounded, in tenths, without the numbers behind it."""

    satuan = "rata"
    penyebut_nama = "keluarga"

    def count(self, user, asked, width):
        return dict(added_up(self.pairs(user, asked), width))

    def pairs(self, user, asked: Filter) -> Pairs:
        """The sum and the number of keluarga, per village."""
        raise NotImplementedError

    def read(self, cells, tingkat):
        found = cells.filter(ukuran=self.ukuran).values_list("wilayah_id", "pembilang", "penyebut")
        return {kode: (None if part is None else part / whole, None) for kode, part, whole in found}


class MeanRank(MeanLayer):
    """The mean of one scale. The list opens in the order of it: who has none is last."""

    skala = ""

    def pairs(self, user, asked):
        return rank_pairs(user, asked, self.skala)

    def list_url(self, user, kode, filter):
        url = super().list_url(user, kode, filter)
        return f"{url}&urut={self.skala}" if url else ""


@register
class RataDesil(MeanRank):
    kode = "rata_desil"
    ukuran = "rata_desil"
    skala = "desil"
    nama = "Rata-rata desil"
    legenda = "Rata-rata desil, 1 paling miskin"
    keterangan = "Rata-rata desil keluarga yang punya desil, menurut daftar terbaru yang memuatnya."
    kosong = "Angka muncul setelah daftar dengan desil dimuat."


@register
class RataPersentil(MeanRank):
    kode = "rata_persentil"
    ukuran = "rata_persentil"
    skala = "persentil"
    nama = "Rata-rata persentil"
    legenda = "Rata-rata persentil, 1 paling miskin"
    keterangan = "Rata-rata persentil keluarga yang punya persentil, menurut daftar terbaru yang memuatnya."
    kosong = "Angka muncul setelah daftar dengan persentil dimuat."


@register
class RataProgram(MeanLayer):
    kode = "rata_program"
    ukuran = "rata_program"
    nama = "Program per keluarga"
    legenda = "Program per keluarga, rata-rata"
    keterangan = "Rata-rata banyaknya program yang diterima satu keluarga, termasuk keluarga tanpa program."

    def pairs(self, user, asked):
        return program_pairs(user, asked)


@register
class TanpaProgram(KeluargaLayer):
    """Who is poorest and reached by nothing, as a share of the poorest."""

    kode = "tanpa_program"
    ukuran = "tanpa_program"
    nama = "Desil 1–2 tanpa program"
    legenda = "Tanpa program, persen keluarga desil 1–2"
    keterangan = "Persen keluarga desil 1 dan 2 yang tidak menerima satu program pun."
    kosong = "Angka muncul setelah daftar dengan desil dimuat."
    satuan: Satuan = "persen"
    ramp = "soal"
    pembilang_nama = "tanpa program"
    penyebut_nama = "keluarga desil 1–2"

    def count(self, user, asked, width):
        return dict(added_up(unreached_pairs(user, asked), width))

    def narrowed(self, asked):
        inside = asked.desil and asked.desil != TANPA and bounds(asked.desil)[1] <= bounds(POOREST)[1]
        return replace(asked, desil=asked.desil if inside else POOREST, program=TANPA)

    def list_url(self, user, kode, filter):
        if _asked(filter).program not in {"", TANPA}:
            return ""  # reached by that programme and by none: there is nobody to list
        return super().list_url(user, kode, filter)


@register
class JumlahTanpaProgram(TanpaProgram):
    """The same as a count."""

    kode = "jumlah_tanpa_program"
    nama = "Banyaknya desil 1–2 tanpa program"
    legenda = "Keluarga desil 1–2 tanpa program"
    keterangan = "Banyaknya keluarga desil 1 dan 2 yang tidak menerima satu program pun."
    satuan = "jumlah"
    pembilang_nama = "keluarga"
    penyebut_nama = ""

    def count(self, user, asked, width):
        return {kode: (part, None) for kode, (part, _) in super().count(user, asked, width).items()}

    def read(self, cells, tingkat):
        return {kode: (part, None) for kode, (part, _) in super().read(cells, tingkat).items()}


class ShareOfAnswers(KeluargaLayer):
    """The share of those who answer a question like this, among those who answered it."""

    satuan: Satuan = "persen"
    ramp: Literal["peta", "soal"] = "soal"
    pembilang_nama = "menjawab begitu"
    penyebut_nama = "keluarga yang menjawab"
    kosong = "Angka muncul setelah berkas dengan jawaban kuesioner dimuat, misalnya BDT."
    kata = ""
    jawaban: tuple[str, ...] = (YA,)

    @property
    def soal(self) -> Soal | None:
        return soal_of(self.kata)

    def count(self, user, asked, width):
        return dict(added_up(answer_pairs(user, asked, self.soal, self.jawaban), width)) if self.soal else {}

    def narrowed(self, asked):
        return replace(asked, indikator=self.kata, jawaban=self.jawaban)

    def list_url(self, user, kode, filter):
        asked = _asked(filter)
        if asked.indikator and (asked.indikator, asked.jawaban) != (self.kata, self.jawaban):
            return ""  # the list asks one question at a time
        return super().list_url(user, kode, filter)


def _condition(kode: str, nama: str, keterangan: str) -> None:
    register(
        type(
            f"Ukuran_{kode}",
            (ShareOfAnswers,),
            {
                "__doc__": f"{nama}, whatever questionnaire asked for it (data/indikator_ukuran.csv).",
                "kode": kode,
                "kata": kode,
                "ukuran": f"jawaban_{kode}",
                "nama": nama,
                "legenda": f"{nama}, persen keluarga",
                "keterangan": keterangan,
                "pembilang_nama": nama[0].lower() + nama[1:],
            },
        )
    )


for _one in ukuran_list().values():
    _condition(_one.kode, _one.nama, _one.keterangan)


@register
class PilihanJawaban(ShareOfAnswers):
    """Any answer of any question: the one chosen as the filter is the measure itself; of a number alone, its mean."""

    kode = "jawaban"
    nama = "Jawaban yang Anda pilih"
    legenda = "Jawaban yang Anda pilih, persen"
    keterangan = "Berapa persen menjawab seperti yang Anda pilih di “Keluarga yang dihitung”."
    kosong = (
        "Pilih kondisi dan jawabannya di “Keluarga yang dihitung”. Dari angka tanpa pilihan: rata-ratanya."
    )

    def offered(self, user) -> bool:
        return may_see_names(user)

    def for_query(self, filter: Mapping) -> PilihanJawaban:
        asked = _asked(filter)
        if asked.soal is None:
            return self
        many = asked.soal.pembilang
        if asked.soal.rentang and not asked.jawaban:
            return RataJawaban(asked.soal)
        chosen = PilihanJawaban()
        chosen.kata, chosen.jawaban = asked.indikator, asked.jawaban
        words = asked.soal.words(asked.jawaban)
        chosen.nama = words
        chosen.legenda = f"{words}, persen {many}"
        chosen.keterangan = f"Persen {many} yang menjawab begitu, dari {many} yang menjawab pertanyaannya."
        chosen.penyebut_nama = f"{many} yang menjawab"
        return chosen

    def read(self, cells, tingkat):
        return {}  # what a user chooses is counted for nobody in advance


class RataJawaban(PilihanJawaban):
    """The mean of a number that was answered. It stands on the map in the place of PilihanJawaban, which chose it."""

    satuan = "rata"
    ramp = "peta"
    jawaban = ()

    def __init__(self, soal: Soal):
        self.kata = soal.kata
        self.nama = f"Rata-rata {soal.nama[0].lower()}{soal.nama[1:]}"
        self.legenda = self.nama
        self.keterangan = f"Rata-rata dari {soal.pembilang} yang menjawab pertanyaannya."
        self.penyebut_nama = f"{soal.pembilang} yang menjawab"

    def count(self, user, asked, width):
        return dict(added_up(answer_means(user, asked, self.soal), width)) if self.soal else {}
