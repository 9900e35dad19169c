"""Forms of padan."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from access.masking import is_data
from access.rules import may_deliver_ekstrak
from padan.unggah import Dasar
from spatial.models import Wilayah

LONGEST_YEARS = 5


def _day(**options: Any) -> forms.DateField:
    return forms.DateField(
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Isi tanggalnya.", "invalid": "Tulis tanggal yang ada di kalender."},
        **options,
    )


def _text(label: str, longest: int, kosong: str, help_text: str) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=longest, help_text=help_text, error_messages={"required": kosong}
    )


class EkstrakForm(forms.Form):
    """What an extract is delivered under, and its file."""

    nomor_pks = _text(
        "Nomor PKS", 120, "Isi nomor perjanjian kerja samanya.", "Perjanjian kerja sama Dinsos dan Dukcapil."
    )
    tujuan = _text("Tujuan", 300, "Isi untuk apa datanya dipakai.", "Seperti tertulis di PKS.")
    diserahkan_oleh = _text(
        "Diserahkan oleh", 120, "Isi siapa yang menyerahkan.", "Nama dan jabatan di Dukcapil."
    )
    berlaku_sampai = _day(
        label="Berlaku sampai", help_text="Sesudah tanggal ini baris penduduknya dihapus sendiri."
    )
    tanggal = _day(label="Tanggal data", help_text="Keadaan per tanggal berapa.")
    cakupan = forms.ModelChoiceField(
        label="Cakupan",
        queryset=Wilayah.objects.none(),
        empty_label=None,
        help_text="Baris dari luar wilayah ini ditolak.",
        error_messages={"required": "Pilih wilayahnya.", "invalid_choice": "Pilih wilayah yang ditawarkan."},
    )
    berkas = forms.FileField(
        label="Berkas",
        allow_empty_file=True,  # said in words of our own by the reader
        error_messages={"required": "Pilih berkas yang akan diserahkan."},
    )

    def __init__(self, user, *args, **kwargs):
        super().__init__(*args, **kwargs)
        levels = [Wilayah.Tingkat.PROVINSI, Wilayah.Tingkat.KABUPATEN_KOTA]
        places = Wilayah.objects.filter(may_deliver_ekstrak.within(user, "kode"), tingkat__in=levels)
        self.fields["cakupan"].queryset = places.order_by("kode")  # type: ignore[attr-defined]

    def clean(self):
        data = super().clean() or {}
        for name in ("nomor_pks", "tujuan", "diserahkan_oleh"):
            if is_data([data.get(name, "")]):
                self.add_error(name, "Jangan menulis NIK atau No. KK di sini.")
        return data

    def clean_berlaku_sampai(self):
        day = self.cleaned_data["berlaku_sampai"]
        today = timezone.localdate()
        if day < today:
            raise forms.ValidationError("Masa berlakunya sudah lewat, jadi ekstrak ini tidak boleh dipakai.")
        if day.year > today.year + LONGEST_YEARS:
            raise forms.ValidationError("Masa berlakunya terlalu lama. Periksa tahunnya di PKS.")
        return day

    def clean_tanggal(self):
        day = self.cleaned_data["tanggal"]
        if day > timezone.localdate():
            raise forms.ValidationError("Tanggal data tidak boleh sesudah hari ini.")
        return day

    def dasar(self) -> Dasar:
        """What was said, without the file."""
        return Dasar(**{name: self.cleaned_data[name] for name in Dasar.__dataclass_fields__})
