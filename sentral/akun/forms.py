"""Forms of accounts: a list, and one person."""

from __future__ import annotations

from typing import cast

from django import forms
from django.utils import timezone

from access.models import Peran
from access.rules import TINGKAT_PERAN, may_give_any
from access.scope import penugasan_of
from sentral.akun.daftar import ListRow
from sentral.akun.periksa import ALREADY, LEVELS, Hasil, Verdict, judge
from spatial.models import Wilayah


class ListForm(forms.Form):
    """A list of accounts."""

    berkas = forms.FileField(
        label="Berkas",
        allow_empty_file=True,  # said in words of our own by the reader
        error_messages={"required": "Pilih berkas yang akan diunggah."},
    )


class DateInput(forms.DateInput):
    input_type = "date"


class AccountForm(forms.Form):
    """One person. It is judged like a row of a list, so that the page and the list say the same."""

    nama = forms.CharField(
        label="Nama lengkap", max_length=120, error_messages={"required": "Isi nama lengkapnya."}
    )
    telepon = forms.CharField(
        label="Nomor telepon",
        max_length=30,
        error_messages={"required": "Isi nomor teleponnya."},
        help_text="Dengan nama dan nomor ini orang yang sama dikenali lagi.",
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    peran = forms.ChoiceField(label="Peran", error_messages={"required": "Pilih perannya."})
    wilayah = forms.ChoiceField(label="Wilayah tugas", error_messages={"required": "Pilih wilayah tugasnya."})
    mulai = forms.DateField(
        label="Mulai",
        widget=DateInput(format="%Y-%m-%d"),
        error_messages={"required": "Isi tanggal mulainya."},
    )
    selesai = forms.DateField(
        label="Selesai",
        required=False,
        widget=DateInput(format="%Y-%m-%d"),
        help_text="Kosongkan bila belum ditentukan.",
    )

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.by = by
        self.verdict: Verdict | None = None
        given = may_give_any(by)
        cast(forms.ChoiceField, self.fields["peran"]).choices = [
            ("", "Pilih peran"),
            *((peran.value, f"{peran.label} ({LEVELS[TINGKAT_PERAN[peran]]})") for peran in given),
        ]
        cast(forms.ChoiceField, self.fields["wilayah"]).choices = [
            ("", "Pilih wilayah"),
            *places_for(by, {TINGKAT_PERAN[p] for p in given}),
        ]
        self.fields["mulai"].initial = timezone.localdate

    def clean(self):
        data = super().clean() or {}
        if self.errors:
            return data
        kode = data["wilayah"]
        isi = {
            "nama": " ".join(data["nama"].split()),
            "telepon": data["telepon"],
            "peran": data["peran"],
            "wilayah": Wilayah(kode=kode).kode_titik,
            "mulai": data["mulai"].isoformat(),
            "selesai": data["selesai"].isoformat() if data["selesai"] else "",
        }
        (self.verdict,) = judge([ListRow(1, isi)], self.by)
        if self.verdict.hasil == Hasil.DITOLAK:
            place = next((name for name in self.verdict.kolom if name in self.fields), None)
            self.add_error(place, self.verdict.alasan)
        elif self.verdict.hasil == Hasil.TETAP:
            self.add_error(None, ALREADY)
        return data


def places_for(by, levels: set[str]) -> list[tuple]:
    """The wilayah of these levels that `by` works in, grouped by kecamatan."""
    own = tuple({p.wilayah_id for p in penugasan_of(by)})
    wide: list[tuple[str, str]] = []
    groups: dict[str, tuple[str, list[tuple[str, str]]]] = {}
    for wilayah in Wilayah.objects.filter(tingkat__in=levels).select_related("induk__induk").order_by("kode"):
        if not own or not wilayah.kode.startswith(own):
            continue
        if wilayah.tingkat in {Wilayah.Tingkat.PROVINSI, Wilayah.Tingkat.KABUPATEN_KOTA}:
            wide.append((wilayah.kode, wilayah.nama_lengkap))
            continue
        kecamatan = wilayah if wilayah.tingkat == Wilayah.Tingkat.KECAMATAN else wilayah.induk
        if kecamatan is None or kecamatan.induk is None:
            continue
        label = f"{kecamatan.nama_lengkap}, {kecamatan.induk.nama_lengkap}"
        groups.setdefault(kecamatan.kode, (label, []))[1].append((wilayah.kode, wilayah.nama_lengkap))
    return [*wide, *groups.values()]


class FilterForm(forms.Form):
    """Who is shown. A name is searched by POST and stands in no address."""

    peran = forms.ChoiceField(required=False, label="Peran", choices=[("", "Semua"), *Peran.choices])


class RenewForm(forms.Form):
    """The question about a new password, with the last slip there was when it was asked."""

    terakhir = forms.IntegerField(min_value=0)
