"""Forms of the changes made by hand. Each asks little, and `change` hands what was typed to its verb (suntingan.py).

What is true or not is decided there, once for pages and commands: a form only asks, and puts each sentence of a
refusal beside its field. A number that is kept already is shown masked and typed anew as a whole.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, ClassVar, cast

from django import forms
from django.db.models import Q
from django.utils import timezone

from access.masking import mask_nik
from access.rules import may_edit
from kpm import suntingan as verbs
from kpm.isian import HUBUNGAN, ORANG, Refused, Why
from kpm.models import Anggota, Keluarga, Suntingan, Surat
from kpm.nik import remarks
from kpm.opening import pin_of
from kpm.suntingan_batal import undo_suntingan
from kpm.templatetags.kpm_tags import nama_orang
from spatial.models import Wilayah

ALASAN = [("", "Pilih alasannya"), *Suntingan.Alasan.choices]
PAPERS = [("", "Pilih suratnya"), *Surat.choices]
RELATIONS = [("", "Pilih hubungannya"), *((name, name) for name in HUBUNGAN)]
SEXES = [("", "Pilih"), ("L", "laki-laki"), ("P", "perempuan")]
NO_DATE = "Tulis tanggal yang ada di kalender."
# Fields of every form, shown below those of its own.
COMMON = ("alasan", "keterangan", "surat", "nomor", "tanggal_surat")
HIDDEN = ("sekali", "dilihat")


class DateInput(forms.DateInput):
    input_type = "date"


def day_field(label: str, *, required: bool = False, **options: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        widget=DateInput(format="%Y-%m-%d", attrs={"autocomplete": "off"}),
        error_messages={"invalid": NO_DATE, "required": "Isi tanggalnya."},
        **options,
    )


def text_field(label: str, longest: int, *, required: bool = False, **options: Any) -> forms.CharField:
    attrs = {"autocomplete": "off"} | options.pop("attrs", {})
    return forms.CharField(
        label=label, max_length=longest, required=required, widget=forms.TextInput(attrs=attrs), **options
    )


def number_field(label: str, **options: Any) -> forms.CharField:
    """A NIK or No. KK, typed as a whole. What it is worth says isian.py."""
    return text_field(label, 40, attrs={"inputmode": "numeric", "class": "nik"}, **options)


def choice_field(
    label: str, choices: Iterable[tuple[str, Any]] = (), *, required: bool = True, **options: Any
):
    return forms.ChoiceField(
        label=label,
        choices=list(choices),
        required=required,
        error_messages={"required": "Pilih salah satu.", "invalid_choice": "Pilih salah satu."},
        **options,
    )


class EditForm(forms.Form):
    """What all changes ask for: the reason and the paper, and which form this is.

    judul: what is done.  kata: the verb on the button.  jenis: the line it leaves.  orang: it is about one member.
    """

    judul: ClassVar[str] = ""
    kata: ClassVar[str] = "Simpan perubahan"
    jenis: ClassVar[str] = ""
    orang: ClassVar[bool] = False
    penjelasan: ClassVar[str] = ""

    alasan = choice_field("Alasan", ALASAN)
    keterangan = text_field(
        "Keterangan", 200, help_text="Wajib bila alasannya Lainnya. Jangan tulis NIK atau nama."
    )
    surat = choice_field("Surat yang menjadi dasar", PAPERS, required=False)
    nomor = text_field("Nomor surat", 60, help_text="Kosongkan untuk KK dan KTP.")
    tanggal_surat = day_field("Tanggal surat")
    sekali = forms.UUIDField(widget=forms.HiddenInput)
    dilihat = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(
        self,
        by,
        keluarga: Keluarga | None,
        anggota_list: Sequence[Anggota],
        data=None,
        orang: Anggota | None = None,
    ):
        self.by, self.keluarga, self.one = by, keluarga, orang
        self.aktif = [one for one in anggota_list if one.status == Anggota.Status.AKTIF]
        self.gone = [one for one in anggota_list if one.status != Anggota.Status.AKTIF]
        self.refusal: Refused | None = None
        super().__init__(data, initial=self.first_values(), auto_id="ubah_%s")
        self.prepare()
        for name in HIDDEN:
            self.fields[name].widget = forms.HiddenInput()

    def first_values(self) -> dict[str, Any]:
        seen = verbs.version_of(self.by, self.keluarga) if self.keluarga else ""
        return {"sekali": uuid.uuid4(), "dilihat": seen}

    def prepare(self) -> None:
        """Fill choices, drop fields that this keluarga does not need."""

    # --- what the page shows ---

    def own_fields(self):
        """The bound fields of this change."""
        return [field for field in self.visible_fields() if field.name not in COMMON]

    def common_fields(self):
        """Reason and paper."""
        return [self[name] for name in COMMON]

    def consequences(self) -> list[str]:
        """Sentences for the confirmation that no before and after tells."""
        return []

    def typed_numbers(self) -> set[str]:
        """The numbers that were typed here: their writer may read them on the confirmation."""
        typed = (str(self.cleaned_data.get(name, "")) for name in ("nik", "no_kk"))
        return {digits for text in typed if (digits := "".join(filter(str.isdigit, text)))}

    # --- what is done ---

    def why(self, alamat: str | None = None) -> Why:
        data = self.cleaned_data
        surat = {"jenis": data["surat"], "nomor": data["nomor"], "tanggal": data["tanggal_surat"]}
        return Why(data["alasan"], data["keterangan"], surat, data["sekali"], data["dilihat"], alamat)

    def change(self, why: Why) -> Suntingan:
        """Call the verb."""
        raise NotImplementedError

    def refuse(self, refusal: Refused) -> None:
        """Put the sentences of a refusal where they belong; what has no field here is of the whole form."""
        self.refusal = refusal
        for name, sentence in refusal.errors.items():
            self.add_error(name if name in self.fields else None, sentence)

    def see_again(self) -> None:
        """After somebody else's change: what is typed stays, and counts against what is recorded now."""
        if self.keluarga is not None:
            seen = verbs.version_of(self.by, self.keluarga)
            self.data = self.data.copy()  # type: ignore[attr-defined]
            self.data["dilihat"] = seen  # type: ignore[index]

    def compared(self) -> list[dict[str, str]]:
        """What is recorded now and what was typed, where they differ. Numbers stay masked."""
        found = []
        for field in self.own_fields():
            if field.name in {"nik", "no_kk"} or isinstance(field.field, forms.BooleanField):
                continue
            kini, isian = (str(value or "") for value in (self.initial.get(field.name), field.value()))
            if field.name in self.initial and kini != isian:
                found.append({"label": str(field.label), "tercatat": kini, "isian": isian})
        return found

    # --- helpers of the forms below ---

    def choose(self, name: str, choices: Iterable[tuple[str, Any]]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = list(choices)

    def among(self, people: Iterable[Anggota], empty: str = "") -> list[tuple[str, str]]:
        found = [(str(one.pk), described(one)) for one in people]
        return [("", empty), *found] if empty else found

    def picked(self, name: str) -> Anggota | None:
        value = self.cleaned_data.get(name)
        return next((one for one in [*self.aktif, *self.gone] if str(one.pk) == value), None)

    def the_one(self) -> Anggota:
        if self.one is None:
            raise Anggota.DoesNotExist
        return self.one

    def family(self) -> Keluarga:
        if self.keluarga is None:
            raise Keluarga.DoesNotExist
        return self.keluarga

    def corrected(self, *names: str) -> dict[str, Any]:
        """Those of `names` that somebody typed over: what a file wrote in its own way stays as it is."""
        return self.values(*(name for name in names if name in self.changed_data))

    def values(self, *names: str) -> dict[str, Any]:
        return {name: self.cleaned_data.get(name) for name in names if name in self.fields}


def described(anggota: Anggota) -> str:
    """ "Nurhayati, istri, 46 tahun"."""
    return ", ".join(filter(None, [nama_orang(anggota.nama), relation(anggota)]))


def relation(anggota: Anggota) -> str:
    """ "istri, 46 tahun"."""
    age = f"{anggota.umur} tahun" if anggota.umur is not None else ""
    return ", ".join(filter(None, [anggota.hubungan, age]))


def villages(rows) -> list[tuple[str, Any]]:
    """Villages as choices, grouped by kecamatan."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for village in rows.select_related("induk__induk").order_by("kode"):
        label = ", ".join(w.nama_lengkap for w in (village.induk, village.induk and village.induk.induk) if w)
        groups.setdefault(label, []).append((village.kode, village.nama_lengkap))
    return [("", "Pilih desa atau kelurahan"), *groups.items()]


class AddressFields(forms.Form):
    alamat = text_field("Alamat", 300)
    dusun = text_field("Dusun", 80)
    rt = text_field("RT", 5, attrs={"inputmode": "numeric"})
    rw = text_field("RW", 5, attrs={"inputmode": "numeric"})


class PersonFields(forms.Form):
    nama = text_field("Nama", 120, required=True, error_messages={"required": "Isi namanya."})
    nik = number_field("NIK", help_text="Kosongkan bila belum punya.")
    jenis_kelamin = choice_field("Jenis kelamin", SEXES)
    tempat_lahir = text_field("Tempat lahir", 60)
    tanggal_lahir = day_field("Tanggal lahir")


ADDRESS = ("alamat", "dusun", "rt", "rw")
PERSON = ("nama", "nik", "jenis_kelamin", "tempat_lahir", "tanggal_lahir")


class KeluargaBaruForm(EditForm, AddressFields, PersonFields):
    judul = "Keluarga baru"
    kata = "Catat keluarga"
    jenis = Suntingan.Jenis.KELUARGA_BARU
    penjelasan = "Satu keluarga dengan kepalanya. Anggota lain dicatat sesudahnya, satu per satu."
    field_order = ("wilayah", "no_kk", *ADDRESS, *PERSON, "pekerjaan", "nama_ibu", *COMMON)

    wilayah = choice_field("Desa atau kelurahan")
    no_kk = number_field("No. KK", help_text="Kosongkan bila belum punya KK.")
    pekerjaan = text_field("Pekerjaan", 80)
    nama_ibu = text_field("Nama ibu kandung", 120)

    def prepare(self) -> None:
        self.choose("wilayah", villages(Wilayah.objects.villages().filter(may_edit.within(self.by, "kode"))))
        self.fields["nama"].label = "Nama kepala keluarga"
        self.fields["nik"].label = "NIK kepala keluarga"

    def change(self, why: Why) -> Suntingan:
        return verbs.add_keluarga(
            by=self.by,
            why=why,
            wilayah_id=self.cleaned_data["wilayah"],
            keluarga=self.values("no_kk", *ADDRESS),
            kepala=self.values(*PERSON, "pekerjaan", "nama_ibu"),
        )

    def consequences(self) -> list[str]:
        return _remarks(self.cleaned_data, self.cleaned_data["wilayah"])


def _remarks(data, wilayah: str | None) -> list[str]:
    nik = "".join(filter(str.isdigit, data.get("nik", "")))
    return remarks(nik, data.get("tanggal_lahir"), data.get("jenis_kelamin", ""), wilayah or "")


class KelahiranForm(EditForm, PersonFields):
    judul = "Kelahiran"
    kata = "Catat kelahiran"
    jenis = Suntingan.Jenis.KELAHIRAN
    penjelasan = "Anak yang baru lahir menjadi anggota keluarga ini."
    field_order = (*PERSON, "ibu", "nama_ibu", "hubungan", *COMMON)

    ibu = choice_field("Ibu kandung", required=False)
    nama_ibu = text_field("Nama ibu, bila bukan anggota keluarga ini", 120)
    hubungan = choice_field("Hubungan dengan kepala keluarga", RELATIONS)

    def first_values(self):
        return super().first_values() | {"hubungan": "anak", "surat": Surat.AKTA_LAHIR, "alasan": "dokumen"}

    def prepare(self) -> None:
        women = [one for one in self.aktif if one.jenis_kelamin != "L"]
        self.choose("ibu", self.among(women, "Bukan anggota keluarga ini"))
        self.fields["tanggal_lahir"].required = True
        self.fields["tanggal_lahir"].error_messages["required"] = "Isi tanggal lahirnya."

    def change(self, why: Why) -> Suntingan:
        return verbs.add_anggota(
            by=self.by,
            why=why,
            keluarga=self.family(),
            orang=self.values(*PERSON, "hubungan", "nama_ibu"),
            ibu=self.picked("ibu"),
        )

    def consequences(self) -> list[str]:
        return _remarks(self.cleaned_data, self.family().wilayah_id)


class MasukForm(EditForm, PersonFields):
    judul = "Anggota masuk"
    kata = "Catat anggota"
    jenis = Suntingan.Jenis.ANGGOTA_BARU
    penjelasan = "Orang yang datang atau yang terlewat dicatat, bukan bayi yang baru lahir."
    field_order = (*PERSON, "hubungan", "pekerjaan", "nama_ibu", *COMMON)

    hubungan = choice_field("Hubungan dengan kepala keluarga", RELATIONS)
    pekerjaan = text_field("Pekerjaan", 80)
    nama_ibu = text_field("Nama ibu kandung", 120)

    def change(self, why: Why) -> Suntingan:
        return verbs.add_anggota(
            by=self.by,
            why=why,
            keluarga=self.family(),
            orang=self.values(*PERSON, "hubungan", "pekerjaan", "nama_ibu"),
            kelahiran=False,
        )

    def consequences(self) -> list[str]:
        return _remarks(self.cleaned_data, self.family().wilayah_id)


class _LeavingForm(EditForm):
    """Somebody leaves: who, when, and who is the head after him."""

    siapa = choice_field("Siapa")
    tanggal = day_field("Tanggal", required=True)
    kepala_baru = choice_field(
        "Kepala keluarga yang baru", required=False, help_text="Diisi bila yang pergi kepala keluarga."
    )

    def first_values(self):
        return super().first_values() | {"siapa": str(self.one.pk) if self.one else ""}

    def prepare(self) -> None:
        self.choose("siapa", self.among(self.aktif, "Pilih orangnya"))
        self.choose("kepala_baru", self.among([o for o in self.aktif if not o.kepala], "Tidak berubah"))
        if len(self.aktif) < 2:
            del self.fields["kepala_baru"]

    def who(self) -> Anggota:
        person = self.picked("siapa")
        if person is None:
            raise Refused({"siapa": "Pilih orangnya."})
        return person

    def consequences(self) -> list[str]:
        if len(self.aktif) == 1:
            return ["Tidak ada anggota lain, jadi keluarga ini keluar dari daftar."]
        return [
            "Ia dan program atas namanya tidak lagi dihitung. Datanya tetap dapat dibaca di halaman keluarga."
        ]


class KematianForm(_LeavingForm):
    judul = "Kematian"
    kata = "Catat kematian"
    jenis = Suntingan.Jenis.KEMATIAN
    field_order = ("siapa", "tanggal", "kepala_baru", *COMMON)

    def first_values(self):
        return super().first_values() | {"surat": Surat.AKTA_MATI}

    def prepare(self) -> None:
        super().prepare()
        self.fields["siapa"].label = "Siapa yang meninggal"
        self.fields["tanggal"].label = "Tanggal meninggal"

    def change(self, why: Why) -> Suntingan:
        return verbs.record_death(
            by=self.by,
            why=why,
            anggota=self.who(),
            tanggal=self.cleaned_data["tanggal"],
            kepala_baru=self.picked("kepala_baru"),
        )


class AnggotaKeluarForm(_LeavingForm):
    judul = "Anggota keluar"
    kata = "Keluarkan anggota"
    jenis = Suntingan.Jenis.ANGGOTA_KELUAR
    penjelasan = "Untuk orang yang pindah sendiri, tercatat ganda, atau bukan anggota keluarga ini."
    field_order = ("siapa", "menjadi", "tanggal", "kepala_baru", *COMMON)

    menjadi = choice_field(
        "Sebabnya", [("pindah", "pindah sendiri"), ("keluar", "bukan anggota, atau tercatat ganda")]
    )

    def first_values(self):
        return super().first_values() | {"tanggal": timezone.localdate()}

    def change(self, why: Why) -> Suntingan:
        return verbs.remove_anggota(
            by=self.by,
            why=why,
            anggota=self.who(),
            status=self.cleaned_data["menjadi"],
            tanggal=self.cleaned_data["tanggal"],
            kepala_baru=self.picked("kepala_baru"),
        )


class PindahKkForm(_LeavingForm):
    judul = "Pindah ke KK lain"
    kata = "Pindahkan anggota"
    jenis = Suntingan.Jenis.PINDAH_KK
    penjelasan = "Seorang anggota masuk ke KK yang sudah tercatat, misalnya karena menikah atau ikut saudara."
    field_order = ("siapa", "no_kk", "hubungan", "kepala_baru", *COMMON)

    tanggal = None  # type: ignore[assignment]  # the date is that of the paper
    no_kk = number_field(
        "No. KK tujuan",
        required=True,
        help_text="Ketik seluruhnya. KK itu harus di wilayah Anda.",
        error_messages={"required": "Isi No. KK tujuannya."},
    )
    hubungan = choice_field("Hubungan dengan kepala keluarga di KK tujuan", RELATIONS)

    def first_values(self):
        return super().first_values() | {"surat": Surat.KK}

    def prepare(self) -> None:
        super().prepare()
        self.fields["siapa"].label = "Siapa yang pindah"
        if "kepala_baru" in self.fields:
            self.fields["kepala_baru"].label = "Kepala keluarga yang baru di KK ini"
            self.fields["kepala_baru"].help_text = "Diisi bila yang pindah kepala keluarga."

    def change(self, why: Why) -> Suntingan:
        return verbs.move_anggota(
            by=self.by,
            why=why,
            anggota=self.who(),
            no_kk=self.cleaned_data["no_kk"],
            hubungan=self.cleaned_data["hubungan"],
            kepala_baru=self.picked("kepala_baru"),
        )

    def consequences(self) -> list[str]:
        if len(self.aktif) == 1:
            return [
                "Tidak ada anggota lain, jadi keluarga ini keluar dari daftar dengan sebab bergabung.",
                "Programnya ikut, yang sama tidak menjadi dua. Desil dan persentilnya tidak ikut.",
            ]
        return [
            "Program yang diterima orangnya sendiri ikut dengannya; program seluruh keluarga tetap di KK ini.",
            "Desil dan persentil tetap pada KK masing-masing.",
        ]


class AnggotaKembaliForm(EditForm):
    judul = "Anggota kembali"
    kata = "Kembalikan anggota"
    jenis = Suntingan.Jenis.ANGGOTA_KEMBALI
    field_order = ("siapa", *COMMON)

    siapa = choice_field("Siapa")

    def first_values(self):
        return super().first_values() | {"siapa": str(self.one.pk) if self.one else ""}

    def prepare(self) -> None:
        self.choose("siapa", self.among(self.gone, "Pilih orangnya"))

    def change(self, why: Why) -> Suntingan:
        person = self.picked("siapa")
        if person is None:
            raise Refused({"siapa": "Pilih orangnya."})
        return verbs.bring_back_anggota(by=self.by, why=why, anggota=person)


class PindahForm(EditForm, AddressFields):
    judul = "Pindah"
    kata = "Pindahkan keluarga"
    jenis = Suntingan.Jenis.PINDAH
    penjelasan = "Seluruh keluarga pindah ke desa atau kelurahan lain, juga ke kabupaten lain."
    field_order = ("wilayah", *ADDRESS, *COMMON)

    wilayah = choice_field("Desa atau kelurahan tujuan")

    def first_values(self):
        return super().first_values() | {"surat": Surat.PINDAH}

    def prepare(self) -> None:
        here = self.family().wilayah_id or ""
        self.choose("wilayah", villages(Wilayah.objects.villages().exclude(pk=here)))
        self.fields["alamat"].label = "Alamat yang baru"

    def change(self, why: Why) -> Suntingan:
        return verbs.move_keluarga(
            by=self.by,
            why=why,
            keluarga=self.family(),
            wilayah_id=self.cleaned_data["wilayah"],
            alamat=self.values(*ADDRESS),
        )

    def consequences(self) -> list[str]:
        said = ["Desil, persentil dan program ikut pindah."]
        if self.family().titik is not None:
            said.append("Titik rumah yang lama dihapus.")
        if not may_edit.covers(self.by, self.cleaned_data["wilayah"]):
            said.append(
                "Desa itu di luar wilayah Anda: setelah disimpan Anda tidak melihat keluarga ini lagi. "
                "Hanya Dinsos provinsi yang dapat membatalkannya."
            )
        return said


class PisahForm(EditForm, AddressFields):
    judul = "Pisah KK"
    kata = "Pisahkan KK"
    jenis = Suntingan.Jenis.PISAH
    penjelasan = "Sebagian anggota mendapat Kartu Keluarga sendiri di desa yang sama."
    field_order = ("anggota", "no_kk", "kepala", "kepala_lama", *ADDRESS, *COMMON)

    anggota = forms.MultipleChoiceField(
        label="Yang mendapat KK baru",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Pilih sedikitnya satu orang.",
            "invalid_choice": "Pilih dari daftar ini.",
        },
    )
    no_kk = number_field(
        "No. KK yang baru", required=True, error_messages={"required": "Isi No. KK yang baru."}
    )
    kepala = choice_field("Kepala keluarga di KK yang baru")
    kepala_lama = choice_field(
        "Kepala keluarga di KK ini", required=False, help_text="Diisi bila kepala keluarga ini ikut pisah."
    )

    def first_values(self):
        address = {name: getattr(self.keluarga, name) for name in ADDRESS} if self.keluarga else {}
        return super().first_values() | address | {"surat": Surat.KK}

    def prepare(self) -> None:
        self.choose("anggota", self.among(self.aktif))
        self.choose("kepala", self.among(self.aktif, "Pilih orangnya"))
        self.choose("kepala_lama", self.among([o for o in self.aktif if not o.kepala], "Tidak berubah"))
        self.fields["alamat"].label = "Alamat di KK yang baru"

    def change(self, why: Why) -> Suntingan:
        chosen = set(self.cleaned_data["anggota"])
        return verbs.split_kk(
            by=self.by,
            why=why,
            keluarga=self.family(),
            anggota_list=[one for one in self.aktif if str(one.pk) in chosen],
            no_kk=self.cleaned_data["no_kk"],
            kepala=self.picked("kepala"),
            kepala_lama=self.picked("kepala_lama"),
            alamat=self.values(*ADDRESS),
        )

    def consequences(self) -> list[str]:
        return [
            "Program yang diterima orangnya sendiri ikut dengannya; program seluruh keluarga tetap di KK ini.",
            "Desil dan persentil tetap pada KK ini. KK yang baru belum punya.",
            "Hubungan ditulis terhadap kepala keluarga: perbaiki sesudahnya bila berubah.",
        ]


class GabungForm(EditForm):
    judul = "Gabung KK"
    kata = "Gabungkan KK"
    jenis = Suntingan.Jenis.GABUNG
    penjelasan = "Semua anggota keluarga lain masuk ke keluarga ini. Keluarga lain itu keluar dari daftar."
    field_order = ("lain", "hubungan_kepala", *COMMON)
    dilihat_lain = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    lain = number_field(
        "Keluarga yang digabungkan",
        required=True,
        help_text="Ketik No. KK-nya, atau NIK atau ID DTKS salah satu anggotanya, seluruhnya.",
        error_messages={"required": "Tulis No. KK, NIK atau ID DTKS-nya."},
    )
    hubungan_kepala = choice_field("Kepala keluarga lain itu menjadi", RELATIONS)

    def first_values(self):
        return super().first_values() | {"hubungan_kepala": "famili lain"}

    def other(self) -> Keluarga:
        text = self.cleaned_data["lain"].strip()
        number = "".join(text.split())
        mine = Keluarga.objects.visible_to(self.by)
        found = mine.filter(no_kk=number).first()
        if found is None:
            people = Anggota.objects.visible_to(self.by).aktif().filter(Q(nik=number) | Q(id_dtks=text))
            ids = set(people.values_list("keluarga_id", flat=True)[:2])
            if len(ids) > 1:
                raise Refused({"lain": "NIK ini ada di dua keluarga. Pakai No. KK atau ID DTKS."})
            found = mine.filter(pk__in=ids).first()
        if found is None:
            raise Refused({"lain": verbs.NOT_HERE})
        return found

    def why(self, alamat: str | None = None) -> Why:
        """The other keluarga is seen on the confirmation: what is saved counts against that too."""
        why = super().why(alamat)
        if "simpan" not in self.data:
            return why
        return replace(why, dilihat=f"{why.dilihat}+{self.cleaned_data['dilihat_lain']}")

    def change(self, why: Why) -> Suntingan:
        lain = self.other()
        if "simpan" not in self.data:
            self.data = self.data.copy()  # type: ignore[attr-defined]
            self.data["dilihat_lain"] = verbs.version_of(self.by, lain)  # type: ignore[index]
        return verbs.merge_keluarga(
            by=self.by,
            why=why,
            keluarga=self.family(),
            lain=lain,
            hubungan_kepala=self.cleaned_data["hubungan_kepala"],
        )

    def consequences(self) -> list[str]:
        return [
            "Keluarga lain itu keluar dari daftar dengan sebab bergabung, dan tetap dapat dibaca.",
            "Programnya ikut, yang sama tidak menjadi dua. Desil dan persentilnya tidak ikut.",
        ]


class KepalaForm(EditForm):
    judul = "Ganti kepala keluarga"
    kata = "Ganti kepala"
    jenis = Suntingan.Jenis.KEPALA
    field_order = ("kepala", "hubungan_lama", *COMMON)

    kepala = choice_field("Kepala keluarga yang baru")
    hubungan_lama = choice_field("Kepala yang lama menjadi", RELATIONS)

    def first_values(self):
        return super().first_values() | {"surat": Surat.KK}

    def prepare(self) -> None:
        self.choose("kepala", self.among([one for one in self.aktif if not one.kepala], "Pilih orangnya"))
        if not any(one.kepala for one in self.aktif):
            del self.fields["hubungan_lama"]

    def change(self, why: Why) -> Suntingan:
        kepala = self.picked("kepala")
        if kepala is None:
            raise Refused({"kepala": "Pilih orangnya."})
        lama = self.cleaned_data.get("hubungan_lama") or "famili lain"
        return verbs.change_head(
            by=self.by, why=why, keluarga=self.family(), kepala=kepala, hubungan_lama=lama
        )

    def consequences(self) -> list[str]:
        return ["Hubungan anggota lain ditulis terhadap kepala yang lama: perbaiki sesudahnya bila berubah."]


class DataForm(EditForm, AddressFields):
    judul = "Perbaiki data keluarga"
    kata = "Simpan perbaikan"
    jenis = Suntingan.Jenis.KELUARGA
    penjelasan = "Desa diubah lewat Pindah. Surat wajib bila No. KK berubah."
    field_order = ("no_kk", *ADDRESS, *COMMON)

    no_kk = number_field("No. KK yang baru")

    def first_values(self):
        return super().first_values() | {name: getattr(self.family(), name) for name in ADDRESS}

    def prepare(self) -> None:
        self.fields["no_kk"].help_text = _anew(self.family().no_kk, "No. KK")

    def change(self, why: Why) -> Suntingan:
        isian = self.corrected(*ADDRESS)
        if self.cleaned_data["no_kk"].strip():
            isian["no_kk"] = self.cleaned_data["no_kk"]
        return verbs.correct_keluarga(by=self.by, why=why, keluarga=self.family(), isian=isian)


class TitikForm(EditForm):
    judul = "Letak rumah"
    kata = "Simpan letak rumah"
    jenis = Suntingan.Jenis.TITIK
    penjelasan = "Ketik lintang dan bujurnya, atau pilih di peta. Surat tidak wajib."
    field_order = ("lintang", "bujur", "akurasi", "hapus", *COMMON)

    lintang = text_field(
        "Lintang",
        60,
        attrs={"inputmode": "text"},
        help_text="Misalnya -2.94512. Dua angka yang disalin dari peta di ponsel boleh ditempel di sini sekaligus.",
    )
    bujur = text_field("Bujur", 40, help_text="Misalnya 106.45123.")
    akurasi = text_field(
        "Ketelitian dalam meter", 10, attrs={"inputmode": "numeric"}, help_text="Kosongkan bila tidak tahu."
    )
    hapus = forms.BooleanField(
        label="Titik yang tercatat salah dan yang benar belum diketahui", required=False
    )

    def first_values(self):
        keluarga = self.family()
        values: dict[str, Any] = {"akurasi": str(keluarga.titik_akurasi_m or "")}
        if keluarga.titik is not None:
            values |= {"lintang": f"{keluarga.titik.y:.6f}", "bujur": f"{keluarga.titik.x:.6f}"}
        return super().first_values() | values | {"alasan": Suntingan.Alasan.KUNJUNGAN}

    def prepare(self) -> None:
        if self.family().titik is None:
            del self.fields["hapus"]

    @property
    def pin(self) -> dict | None:
        """The little map the point is picked on."""
        return pin_of(self.family())

    def change(self, why: Why) -> Suntingan:
        isian = None if self.cleaned_data.get("hapus") else self.values("lintang", "bujur", "akurasi")
        return verbs.place_keluarga(by=self.by, why=why, keluarga=self.family(), isian=isian)

    def consequences(self) -> list[str]:
        if self.cleaned_data.get("hapus"):
            return ["Letak rumah ini tidak diketahui lagi, sampai petugas atau sebuah impor menulisnya."]
        return ["Impor tidak menimpa titik ini, kecuali aturan impornya mengizinkan."]


def _anew(number: str | None, label: str) -> str:
    if not number:
        return f"Belum tercatat. Kosongkan bila {label} tetap tidak ada."
    return f'Sekarang <span class="nik">{mask_nik(number)}</span>. Kosongkan bila benar; bila salah, ketik seluruhnya.'


class AnggotaForm(EditForm, PersonFields):
    judul = "Perbaiki data anggota"
    kata = "Simpan perbaikan"
    jenis = Suntingan.Jenis.ANGGOTA
    orang = True
    penjelasan = "Surat wajib bila NIK berubah."
    field_order = (
        "nama", "nik", "nik_hapus", "jenis_kelamin", "tempat_lahir", "tanggal_lahir", "hubungan", "pekerjaan",
        "nama_ibu", "id_dtks", *COMMON,
    )  # fmt: skip

    nik_hapus = forms.BooleanField(label="NIK ini bukan miliknya, kosongkan", required=False)
    hubungan = choice_field("Hubungan dengan kepala keluarga", RELATIONS, required=False)
    pekerjaan = text_field("Pekerjaan", 80)
    nama_ibu = text_field("Nama ibu kandung", 120)
    id_dtks = text_field("ID DTKS", 40)

    def first_values(self):
        names = [*PERSON, "hubungan", "pekerjaan", "nama_ibu", "id_dtks"]
        values = {name: getattr(self.the_one(), name) for name in names}
        return super().first_values() | values | {"nik": ""}

    def prepare(self) -> None:
        one = self.the_one()
        self.fields["nik"].label = "NIK yang baru"
        self.fields["nik"].help_text = _anew(one.nik, "NIK")
        self.fields["jenis_kelamin"].required = False
        if not one.nik:
            del self.fields["nik_hapus"]
        if one.kepala:
            del self.fields["hubungan"]
        elif one.hubungan and one.hubungan not in HUBUNGAN:
            self.choose("hubungan", [*RELATIONS, (one.hubungan, one.hubungan)])

    def change(self, why: Why) -> Suntingan:
        names = [name for name in self.fields if name in ORANG and name != "nik"]
        isian = self.corrected(*names)
        if self.cleaned_data["nik"].strip():
            isian["nik"] = self.cleaned_data["nik"]
        elif self.cleaned_data.get("nik_hapus"):
            isian["nik"] = ""
        return verbs.correct_anggota(by=self.by, why=why, anggota=self.the_one(), isian=isian)

    def consequences(self) -> list[str]:
        return _remarks(self.cleaned_data, self.family().wilayah_id)


class KeluarForm(EditForm):
    judul = "Keluar dari daftar"
    kata = "Keluarkan keluarga"
    jenis = Suntingan.Jenis.KELUAR
    field_order = ("sebab", "tanggal", *COMMON)

    sebab = choice_field("Sebabnya", [("", "Pilih sebabnya"), *((text, text) for text in verbs.SEBAB_KELUAR)])
    tanggal = day_field("Sejak tanggal", required=True)

    def first_values(self):
        return super().first_values() | {"tanggal": timezone.localdate(), "surat": Surat.BERITA_ACARA}

    def change(self, why: Why) -> Suntingan:
        return verbs.mark_keluar(
            by=self.by,
            why=why,
            keluarga=self.family(),
            sebab=self.cleaned_data["sebab"],
            tanggal=self.cleaned_data["tanggal"],
        )

    def consequences(self) -> list[str]:
        return ["Keluarga ini tidak lagi dihitung dan tidak lagi di daftar. Halamannya tetap dapat dibuka."]


class KembaliForm(EditForm):
    judul = "Kembali ke daftar"
    kata = "Kembalikan keluarga"
    jenis = Suntingan.Jenis.KEMBALI

    def change(self, why: Why) -> Suntingan:
        return verbs.bring_back(by=self.by, why=why, keluarga=self.family())


# The last part of the address: what is done there.
KINDS: dict[str, type[EditForm]] = {
    "kelahiran": KelahiranForm,
    "masuk": MasukForm,
    "kematian": KematianForm,
    "anggota-keluar": AnggotaKeluarForm,
    "anggota-kembali": AnggotaKembaliForm,
    "pindah": PindahForm,
    "pindah-kk": PindahKkForm,
    "pisah": PisahForm,
    "gabung": GabungForm,
    "kepala": KepalaForm,
    "data": DataForm,
    "titik": TitikForm,
    "anggota": AnggotaForm,
    "keluar": KeluarForm,
    "kembali": KembaliForm,
}


class BatalForm(EditForm):
    """Taking one change back. It asks for the reason; a paper is welcome and not needed."""

    judul = "Batalkan perubahan"
    kata = "Batalkan perubahan"
    jenis = Suntingan.Jenis.BATAL

    def __init__(self, *args, suntingan: Suntingan, **kwargs):
        self.suntingan = suntingan
        super().__init__(*args, **kwargs)
        if suntingan.jenis == Suntingan.Jenis.BATAL:
            self.judul = self.kata = "Kembalikan perubahan"  # type: ignore[misc]

    def first_values(self):
        return super().first_values() | {"alasan": Suntingan.Alasan.KELIRU}

    def change(self, why: Why) -> Suntingan:
        return undo_suntingan(by=self.by, why=why, suntingan=self.suntingan)

    def consequences(self) -> list[str]:
        return ["Semua isian kembali seperti sebelum perubahan itu. Riwayat menyimpan keduanya."]
