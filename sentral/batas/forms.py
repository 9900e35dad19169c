"""What an officer says about a file of boundaries."""

from __future__ import annotations

from django import forms

from spatial.models import Wilayah


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFiles(forms.FileField):
    """One or more files; cleaned to a list."""

    widget = ManyFilesInput

    def clean(self, data, initial=None):
        one = super().clean
        files = data if isinstance(data, list | tuple) else [data]
        return [one(file, initial) for file in files] if files else [one(None, initial)]


class BatasForm(forms.Form):
    """The files, and what is written beside the version."""

    berkas = ManyFiles(
        label="Berkas",
        allow_empty_file=True,  # said in words of our own by the reader
        error_messages={"required": "Pilih berkas yang akan diunggah."},
    )
    nama = forms.CharField(
        label="Nama versi",
        max_length=120,
        help_text="Misalnya Batas desa BIG 2026.",
    )
    sumber = forms.CharField(
        label="Sumber",
        max_length=300,
        help_text="Siapa yang menerbitkan datanya, dan surat atau lamannya.",
    )
    lisensi = forms.CharField(
        label="Lisensi atau ketentuan pakai",
        max_length=300,
        required=False,
        help_text="Misalnya: boleh dipakai di lingkungan pemerintah daerah.",
    )
    tanggal = forms.DateField(
        label="Tanggal data",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    tingkat = forms.ChoiceField(
        label="Tingkat",
        required=False,
        choices=[("", "Kenali dari kodenya"), *list(reversed(Wilayah.Tingkat.choices))[:3]],
    )
    kolom = forms.CharField(
        label="Kolom kode",
        max_length=64,
        required=False,
        help_text="Kosongkan bila kolom kodenya boleh dikenali dari isinya.",
    )
