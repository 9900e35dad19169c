"""What pages say of an extract: counts in words, and its story."""

from __future__ import annotations

from typing import Any

from access.models import Jejak
from access.scope import reading_jejak
from jobs.models import Job
from padan.models import Ekstrak
from padan.tata_letak import LABELS

# Why a row is refused (06_periksa.sql, 07_kembar.sql), as its deliverer reads it.
DITOLAK = {
    "BUKAN_ORANG": "Bukan baris orang: judul ulangan atau jumlah",
    "BARIS_GESER": "Isi baris bergeser, jumlah kolomnya lain",
    "NAMA_KOSONG": "Nama kosong",
    "NIK_KOSONG": "NIK kosong",
    "NIK_EXCEL": "NIK rusak karena Excel, angka belakangnya hilang",
    "NIK_SAMAR": "NIK disamarkan dengan bintang",
    "NIK_BUKAN_16": "NIK bukan 16 angka",
    "LUAR_CAKUPAN": "Dari luar cakupan ekstrak",
    "ISIAN_PANJANG": "Ada isian yang terlalu panjang",
    "SAMA_PERSIS": "Sama persis dengan baris lain, cukup sekali",
}
CATATAN = {
    "ganda": "NIK-nya juga dipakai baris lain yang isinya berbeda. Keduanya disimpan dan ditandai ganda",
    "tanggal_kosong": "Tanggal lahir kosong",
    "tanggal_salah": "Tanggal lahir tidak terbaca",
    "desa_tak_dikenal": "Desa tidak dikenal",
    "kk_salah": "No. KK bukan 16 angka",
    "nik_ganjil": "NIK 16 angka, tetapi susunannya janggal",
}
STOPPED = {Job.Keadaan.GAGAL, Job.Keadaan.KARANTINA, Job.Keadaan.DIBATALKAN}


def ekstrak_rows(user):
    """The extracts a user may see, newest first, with their loading job."""
    rows = Ekstrak.objects.seen_by(user).select_related("cakupan", "pemilik", "job")
    return rows.defer("layout", "laporan").order_by("-pk")


def is_stopped(ekstrak: Ekstrak) -> bool:
    """Its loading came to no end: cancelled, or given up after several attempts."""
    return (
        ekstrak.keadaan == Ekstrak.Keadaan.MEMUAT
        and ekstrak.job is not None
        and ekstrak.job.keadaan in STOPPED
    )


def report_of(ekstrak: Ekstrak) -> dict[str, Any]:
    """The counts of a loaded extract in words, most first; {} before."""
    laporan = ekstrak.laporan
    if not laporan:
        return {}
    return {
        "dibaca": laporan["dibaca"],
        "ditolak_list": _words(DITOLAK, laporan["ditolak"]),
        "catatan_list": _words(CATATAN, laporan["catatan"]),
        "bulan_dulu": laporan["urutan_tanggal"] == "mdy",
        "baris_kosong": laporan["baris_kosong"],
        "dibaca_list": [label for name, label in LABELS.items() if name in ekstrak.layout["kolom"]],
        "diabaikan_list": ekstrak.layout["diabaikan"],
    }


def _words(words: dict[str, str], counts: dict[str, int]) -> list[dict[str, Any]]:
    ordered = sorted(counts.items(), key=lambda item: -item[1])
    return [{"label": words[name], "banyak": n} for name, n in ordered]


def story_of(ekstrak: Ekstrak) -> list[dict[str, Any]]:
    """What happened to an extract, newest first, as parts/timeline.html wants it: delivery and purge from the trail."""
    with reading_jejak():
        lines = list(
            Jejak.objects.filter(objek="ekstrak", objek_id=str(ekstrak.pk)).select_related("pengguna")
        )
    events = [
        {
            "tanggal": line.waktu,
            "apa": line.alasan[:1].upper() + line.alasan[1:],
            "siapa": str(line.pengguna) if line.pengguna else "SENTRAL sendiri",
        }
        for line in lines
    ]
    job = ekstrak.job
    if job is not None and job.berakhir:
        what = {"siap": "Dimuat", "dihapus": "Dimuat", "ditolak": "Ditolak"}.get(ekstrak.keadaan, "Terhenti")
        events.append({"tanggal": job.berakhir, "apa": what, "siapa": ""})
    return sorted(events, key=lambda event: event["tanggal"], reverse=True)
