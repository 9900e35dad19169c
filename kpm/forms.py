"""Forms of the registers."""

from __future__ import annotations

from django import forms
from django.utils import timezone

from jobs.ekspor.forms import PutusanForm
from kpm.aturan import ISIAN, LABELS, STATUS, Aturan, fields_of, layout_of
from kpm.models import MONTHS, Impor, Sumber
from kpm.uploads import brings_back

MONTHS_BACK = 36
FIRST_YEAR = 2015  # of BDT, the oldest list in use
KINDS = [
    (Sumber.Jenis.DTKS, "DTKS, keluaran SIKS-NG"),
    *((kind, kind.label) for kind in Sumber.Jenis if kind != Sumber.Jenis.DTKS),
]
FILES = 2  # a list of families and the list of their members


def periods() -> list[tuple[str, str]]:
    """The last three years by month, then the years: ("2026-10", "Oktober 2026"), ("2015", "2015")."""
    today = timezone.localdate()
    months = [divmod(today.year * 12 + today.month - 1 - back, 12) for back in range(MONTHS_BACK)]
    by_month = [(f"{year}-{month + 1:02d}", f"{MONTHS[month]} {year}") for year, month in months]
    return by_month + [(str(year), str(year)) for year in range(today.year, FIRST_YEAR - 1, -1)]


class FilesInput(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One file, or a table of families and the table of their members chosen together."""

    widget = FilesInput

    def clean(self, data, initial=None):
        files = [super(FilesField, self).clean(one, initial) for one in (data if data else [None])]
        if len(files) > FILES:
            raise forms.ValidationError(
                "Pilih satu berkas, atau dua: tabel keluarga dan tabel anggotanya.", code="banyak"
            )
        return files


class ImporForm(forms.Form):
    """What a file is, beside the file itself."""

    jenis = forms.ChoiceField(label="Sumber", choices=KINDS)
    periode = forms.ChoiceField(label="Periode", choices=periods)
    ulangi = forms.BooleanField(label="Ulangi, berkas ini pernah dimuat", required=False)
    berkas = FilesField(
        label="Berkas",
        allow_empty_file=True,  # said in words of our own by the reader
        error_messages={"required": "Pilih berkas yang akan diunggah."},
    )


class PutusanImporForm(PutusanForm):
    """The second person's yes or no to an import: after a yes the registers are written at once."""

    def __init__(self, data=None):
        super().__init__(data)
        self.fields["putusan"].choices = [  # type: ignore[attr-defined]
            ("setuju", "Setuju, langsung ditulis ke data keluarga"),
            ("tolak", "Tolak"),
        ]


class AturanForm(forms.Form):
    """The rules of one import, offered as far as they mean something for its file."""

    hilang = forms.ChoiceField(
        label="Keluarga yang tidak ada di berkas",
        widget=forms.RadioSelect,
        choices=[
            ("biarkan", "Biarkan seperti sekarang"),
            ("keluar", "Tandai keluar dari daftar, dengan alasan dan tanggal"),
        ],
        help_text="Hanya di desa yang ada di berkas, dan hanya yang pernah ada di daftar sejenis.",
        error_messages={"required": "Pilih salah satu.", "invalid_choice": "Pilih salah satu."},
    )
    hilang_anggota = forms.ChoiceField(
        label="Anggota yang tidak ada di berkas, padahal keluarganya ada",
        widget=forms.RadioSelect,
        choices=[
            ("biarkan", "Biarkan seperti sekarang"),
            ("keluar", "Tandai keluar dari keluarganya, dengan alasan dan tanggal"),
        ],
        required=False,
        help_text="Kepala keluarga tetap selama berkas tidak menyebut kepala yang lain.",
        error_messages={"invalid_choice": "Pilih salah satu."},
    )
    isian = forms.MultipleChoiceField(
        label="Isian yang boleh diganti oleh berkas ini",
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="Yang tidak dicentang tetap seperti sekarang. Keluarga dan orang baru diisi lengkap.",
        error_messages={"invalid_choice": "Pilih isian yang ditawarkan."},
    )
    timpa = forms.MultipleChoiceField(
        label="Tulisan petugas atau hasil verval yang boleh ditimpa",
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="Yang tidak dicentang dipertahankan, walaupun berkasnya lain.",
        error_messages={"invalid_choice": "Pilih isian yang ditawarkan."},
    )
    utuh = forms.BooleanField(
        label="Semua atau tidak sama sekali: bila ada baris ditolak, jangan terapkan apa pun", required=False
    )

    def __init__(self, impor: Impor, data=None):
        known = Aturan.of(impor)
        layout = layout_of(impor)
        there = fields_of(layout)
        held: dict[str, int] = {}
        for counts in impor.tinjauan.get("ditahan", {}).values():
            for name, n in counts.items():
                held[name] = held.get(name, 0) + n
        offered = [name for name in [*ISIAN, STATUS] if name in held or name in known.timpa]
        super().__init__(
            data,
            initial={
                "hilang": known.hilang,
                "hilang_anggota": known.hilang_anggota,
                "isian": [name for name in there if known.writes(name)],
                "timpa": list(known.timpa),
                "utuh": known.utuh,
            },
        )
        self.there = there
        self.fields["isian"].choices = list(there.items())  # type: ignore[attr-defined]
        self.fields["timpa"].choices = [  # type: ignore[attr-defined]
            (name, f"{LABELS[name]} ({held[name]})" if name in held else LABELS[name]) for name in offered
        ]
        if not offered:
            del self.fields["timpa"]
        if brings_back(impor, layout):  # nobody is missing in a part
            del self.fields["hilang"], self.fields["hilang_anggota"]

    def aturan(self) -> Aturan:
        """The rules as they were chosen; every field of the file ticked means all, whatever a later file has."""
        data = self.cleaned_data
        isian = tuple(data["isian"])
        return Aturan(
            hilang=data.get("hilang", "biarkan"),
            hilang_anggota=data.get("hilang_anggota") or "biarkan",
            isian=None if set(isian) == set(self.there) else isian,
            timpa=tuple(data.get("timpa", ())),
            utuh=data["utuh"],
        )
