"""The results of matching with the civil registry, in words for those who meet the people."""

from __future__ import annotations

from datetime import date

from kpm.models import MONTHS, HasilPadan

# What the registry says of somebody, as a whole sentence without its date; and the kind of its mark.
WORDS: dict[str, str] = {
    HasilPadan.PADAN: "NIK cocok dengan data Dukcapil",
    HasilPadan.PADAN_SEBAGIAN: "NIK ada di data Dukcapil, tetapi isinya tidak seluruhnya sama",
    HasilPadan.BEDA_ORANG: "NIK ini milik orang lain di data Dukcapil",
    HasilPadan.TIDAK_DITEMUKAN: "Tidak ditemukan di data Dukcapil",
    HasilPadan.FORMAT_SALAH: "Bentuk NIK salah, jadi tidak dapat dicari di data Dukcapil",
    HasilPadan.GANDA: "NIK ini tercatat pada lebih dari satu orang di data Dukcapil",
    HasilPadan.MENINGGAL: "Tercatat meninggal di data Dukcapil",
    HasilPadan.NONAKTIF: "NIK tidak aktif di data Dukcapil",
    HasilPadan.PINDAH: "Tercatat di tempat lain di data Dukcapil",
    HasilPadan.CALON: "NIK belum cocok, tetapi ada orang yang mungkin sama di data Dukcapil",
}
MARKS: dict[str, str] = {
    HasilPadan.PADAN: "baik",
    HasilPadan.PADAN_SEBAGIAN: "awas",
    HasilPadan.BEDA_ORANG: "buruk",
    HasilPadan.TIDAK_DITEMUKAN: "buruk",
    HasilPadan.FORMAT_SALAH: "buruk",
    HasilPadan.GANDA: "buruk",
    HasilPadan.MENINGGAL: "awas",
    HasilPadan.NONAKTIF: "awas",
    HasilPadan.PINDAH: "awas",
    HasilPadan.CALON: "kabar",
}


def sentence(hasil: str, tanggal: date | None) -> str:
    """ "NIK cocok dengan data Dukcapil per 1 November 2026"; "" before the first match."""
    if hasil not in WORDS:
        return ""
    if tanggal is None:
        return WORDS[hasil]
    return f"{WORDS[hasil]} per {tanggal.day} {MONTHS[tanggal.month - 1]} {tanggal.year}"


def short(hasil: str) -> str:
    """What stands on a mark: "padan", "NIK milik orang lain"."""
    label = HasilPadan(hasil).label if hasil in WORDS else "belum dicocokkan"
    return label if label.startswith("NIK") else label[0].lower() + label[1:]
