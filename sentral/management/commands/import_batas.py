"""manage.py import_batas BERKAS...: load boundaries from files, as the page "Versi batas" does."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from sentral.batas import actions
from spatial.actions_batas import Keterangan, VersiBerubah, read_batas
from spatial.batas_files import BatasDitolak, Masukan
from spatial.batas_report import as_text
from spatial.models import Wilayah
from spatial.queries import active_versi

TINGKAT = {"desa": "desa_kelurahan", "kecamatan": "kecamatan", "kabupaten": "kabupaten_kota"}


def a_date(text: str) -> date:
    return date.fromisoformat(text)


class Command(BaseCommand):
    help = (
        "Memuat batas wilayah dari GeoJSON, Shapefile (zip) atau GeoPackage sebagai versi baru yang belum"
        " dipakai. Berkas yang sama tidak dimuat dua kali."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("berkas", nargs="+", type=Path)
        parser.add_argument("--tingkat", choices=sorted(TINGKAT), help="bawaan: dikenali dari kodenya")
        parser.add_argument(
            "--kolom", default="", help="kolom yang berisi kode; bawaan: dikenali dari isinya"
        )
        parser.add_argument("--nama", required=True, help="nama versi, misalnya 'Batas desa BIG 2026'")
        parser.add_argument("--sumber", required=True, help="siapa yang menerbitkan datanya")
        parser.add_argument("--lisensi", default="", help="lisensi atau ketentuan pakai")
        parser.add_argument("--tanggal", type=a_date, help="tanggal data, TTTT-BB-HH")
        parser.add_argument("--aktifkan", action="store_true", help="langsung pakai versi ini")

    def handle(self, *args, berkas: list[Path], aktifkan: bool, **options) -> None:
        masukan_list = [self._masukan(path, options) for path in berkas]
        keterangan = Keterangan(
            nama=options["nama"][:120],
            sumber=options["sumber"],
            lisensi=options["lisensi"],
            tanggal=options["tanggal"],
            oleh="manage.py import_batas",
        )
        try:
            with read_batas(masukan_list) as bacaan_list:
                versi, new = actions.load(bacaan_list=bacaan_list, keterangan=keterangan, by=None)
            if not new:
                self.stdout.write(f"Berkas ini sudah dimuat sebagai versi {versi.pk}. Tidak ada yang diubah.")
            self.stdout.write(as_text(versi))
            now = active_versi()
            if aktifkan and now != versi:
                actions.use(versi=versi, instead_of=now.pk if now else None, by=None)
                self.stdout.write(f"Versi {versi.pk} sekarang dipakai di peta.")
            elif not versi.aktif:
                self.stdout.write("Versi ini belum dipakai. Periksa di Peta, Versi batas.")
        except (BatasDitolak, VersiBerubah) as refusal:
            raise CommandError(str(refusal)) from None

    def _masukan(self, path: Path, options) -> Masukan:
        if not path.is_file():
            raise CommandError(f"Berkas {path} tidak ada.")
        tingkat = TINGKAT.get(options["tingkat"] or "", "")
        return Masukan(path, path.name, str(Wilayah.Tingkat(tingkat)) if tingkat else "", options["kolom"])
