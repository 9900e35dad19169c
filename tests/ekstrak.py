"""Extracts of the test world: rows as the civil registry writes them, delivered and loaded."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

from django.utils import timezone

from access.scope import as_matcher, use_territory
from jobs.actions import claim_here
from padan.memuat import load_ekstrak
from padan.models import Ekstrak, Penduduk
from padan.unggah import Dasar, accept_ekstrak
from spatial.models import Wilayah
from tests.berkas import csv_bytes
from tests.conftest import PROVINSI

SIAK = [
    "Nomor KK", "NIK", "Nama Penduduk", "Status", "Tempat Lahir", "Tanggal Lahir", "Kelamin", "NIK Ayah", "Ayah",
    "NIK Ibu", "Ibu", "Status Kawin", "SHDK", "Agama", "Kecamatan", "Desa/Kel", "Alamat", "RW", "RT", "Pendidikan",
    "Pekerjaan", "Deskripsi Pekerjaan", "Gol. Darah", "Cacat", "Cetak KTP", "Ganti KTP", "KTP Berakhir",
    "Nomor Paspor", "Nomor Akta Lahir", "Nomor Akta Kawin", "Tanggal Kwn", "Nomor Akta Cerai", "Tgl Cerai",
    "Petugas Registrasi", "Tgl Ubah", "Petugas Entri", "Tgl Entri",
]  # fmt: skip
BASIS_DATA = [
    "NIK", "NAMA_LGKP", "JENIS_KLMIN", "TMPT_LHR", "TGL_LHR", "GOL_DRH", "AGAMA", "STAT_HBKEL", "NIK_IBU",
    "NAMA_LGKP_IBU", "NO_KK", "NO_PROP", "NO_KAB", "NO_KEC", "NO_KEL", "STAT_HIDUP", "FLAG_STATUS",
]  # fmt: skip
LAYANAN = [
    "NIK", "NO_KK", "NAMA_LGKP", "TMPT_LHR", "TGL_LHR", "JENIS_KLMIN", "STAT_HBKEL", "AGAMA", "NAMA_LGKP_IBU", "ALAMAT",
    "NO_RT", "NO_RW", "NO_PROP", "PROP_NAME", "NO_KAB", "KAB_NAME", "NO_KEC", "KEC_NAME", "NO_KEL", "KEL_NAME",
    "EKTP_STATUS", "RESPON",
]  # fmt: skip


def siak(number: int, **cells: str) -> dict[str, str]:
    """A row of the list that SIAK prints: an invented man of Desa Rias."""
    return {
        "Nomor KK": f"190301010120{number:04d}",
        "NIK": f"190301070780{number:04d}",
        "Nama Penduduk": "ROSIDI",
        "Status": "Hidup",
        "Tempat Lahir": "TOBOALI",
        "Tanggal Lahir": "07-07-1980",
        "Kelamin": "Laki-Laki",
        "NIK Ibu": "1903014101600001",
        "Ibu": "NURHAYATI",
        "SHDK": "KEPALA KELUARGA",
        "Agama": "RAHASIA",
        "Kecamatan": "TOBOALI",
        "Desa/Kel": "RIAS",
        "Alamat": "JL. MAWAR 1",
        "RW": "1",
        "RT": "3",
    } | {key.replace("_", " "): value for key, value in cells.items()}


def basis_data(number: int, **cells: str) -> dict[str, str]:
    """A row with the names and numbers of the registry's database."""
    return {
        "NIK": f"190301470780{number:04d}",
        "NAMA_LGKP": "SUMARNI",
        "JENIS_KLMIN": "2",
        "TMPT_LHR": "TOBOALI",
        "TGL_LHR": "1980-07-07",
        "AGAMA": "RAHASIA",
        "STAT_HBKEL": "3",
        "NAMA_LGKP_IBU": "NURHAYATI",
        "NO_KK": f"190301010120{number:04d}",
        "NO_PROP": "19",
        "NO_KAB": "3",
        "NO_KEC": "1",
        "NO_KEL": "2008",
        "STAT_HIDUP": "1",
        "FLAG_STATUS": "0",
    } | cells


def layanan(number: int, **cells: str) -> dict[str, str]:
    """A row of the web service's content."""
    return {
        "NIK": f"190301470780{number:04d}",
        "NO_KK": f"190301010120{number:04d}",
        "NAMA_LGKP": "SUMARNI",
        "TMPT_LHR": "TOBOALI",
        "TGL_LHR": "07/07/1980",
        "JENIS_KLMIN": "Perempuan",
        "STAT_HBKEL": "ISTRI",
        "NAMA_LGKP_IBU": "NURHAYATI",
        "NO_PROP": "19",
        "PROP_NAME": "KEPULAUAN BANGKA BELITUNG",
        "NO_KAB": "3",
        "KAB_NAME": "BANGKA SELATAN",
        "NO_KEC": "1",
        "KEC_NAME": "TOBOALI",
        "NO_KEL": "2008",
        "KEL_NAME": "RIAS",
        "RESPON": "Data Ditemukan",
    } | cells


def siak_csv(rows: list[dict[str, str]]) -> bytes:
    return csv_bytes(rows, SIAK)


def dasar(**changed: Any) -> Dasar:
    """An agreement that holds for another month."""
    today = timezone.localdate()
    known = {
        "nomor_pks": "470/12/PKS/2026",
        "tujuan": "Pemadanan DTSEN",
        "berlaku_sampai": today + timedelta(days=30),
        "diserahkan_oleh": "Endang, DP3ACSKB",
        "cakupan": Wilayah.objects.get(kode=PROVINSI),
        "tanggal": today,
    }
    return Dasar(**known | changed)


def deliver(content: bytes, by, *, nama: str = "siak.csv", **changed: Any) -> Ekstrak:
    """Take in a file; its loading waits."""
    return accept_ekstrak(berkas=io.BytesIO(content), nama=nama, dasar=dasar(**changed), by=by)


def load(ekstrak: Ekstrak) -> Ekstrak:
    """Load it as its owner, in the caller's transaction."""
    with use_territory(ekstrak.pemilik):
        load_ekstrak(claim_here(ekstrak.job))
    ekstrak.refresh_from_db()
    return ekstrak


def loaded(content: bytes, by, **changed: Any) -> Ekstrak:
    return load(deliver(content, by, **changed))


def penduduk_of(ekstrak: Ekstrak) -> list[Penduduk]:
    """Its rows, with the eyes of the matcher."""
    with as_matcher("uji: baca ekstrak"):
        return list(Penduduk.objects.filter(ekstrak=ekstrak).order_by("baris"))
