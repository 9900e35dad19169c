"""What this room keeps. What must always be true of a row is a constraint here; verbs and SQL stand outside.

Every name is taken from here; the files only keep the topics apart.
"""

from kpm.models.ganda import (
    NIK_BANYAK,
    SENAMA,
    Ganda,
    GandaQuerySet,
    HitungGanda,
    PutusanGanda,
    PutusanGandaQuerySet,
)
from kpm.models.impor import (
    BarisDitolak,
    Impor,
    ImporQuerySet,
    Langkah,
    Profil,
    SisaUrung,
    SisaUrungQuerySet,
    Unggahan,
)
from kpm.models.indikator import (
    Indikator,
    Instrumen,
    Jawaban,
    JawabanAnggota,
    JawabanKeluarga,
    JawabanQuerySet,
    PilihanIndikator,
)
from kpm.models.register import (
    PADAN,
    Anggota,
    AnggotaQuerySet,
    HasilPadan,
    Keluarga,
    KeluargaQuerySet,
    Kepesertaan,
    KepesertaanQuerySet,
    Origin,
    Peringkat,
    PeringkatQuerySet,
    Program,
    Sumber,
    Tercatat,
    TercatatQuerySet,
)
from kpm.models.rekap import HitungRekap, Rekap
from kpm.models.rujukan import SET_WISE, WILAYAH
from kpm.models.suntingan import Suntingan, SuntinganQuerySet, Surat
from kpm.models.tanggal import MONTHS, written_date, written_day

__all__ = [
    "MONTHS",
    "NIK_BANYAK",
    "PADAN",
    "SENAMA",
    "SET_WISE",
    "WILAYAH",
    "Anggota",
    "AnggotaQuerySet",
    "BarisDitolak",
    "Ganda",
    "GandaQuerySet",
    "HasilPadan",
    "HitungGanda",
    "HitungRekap",
    "Impor",
    "ImporQuerySet",
    "Indikator",
    "Instrumen",
    "Jawaban",
    "JawabanAnggota",
    "JawabanKeluarga",
    "JawabanQuerySet",
    "Keluarga",
    "KeluargaQuerySet",
    "Kepesertaan",
    "KepesertaanQuerySet",
    "Langkah",
    "Origin",
    "Peringkat",
    "PeringkatQuerySet",
    "PilihanIndikator",
    "Profil",
    "Program",
    "PutusanGanda",
    "PutusanGandaQuerySet",
    "Rekap",
    "SisaUrung",
    "SisaUrungQuerySet",
    "Sumber",
    "Suntingan",
    "SuntinganQuerySet",
    "Surat",
    "Tercatat",
    "TercatatQuerySet",
    "Unggahan",
    "written_date",
    "written_day",
]
