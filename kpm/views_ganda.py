"""Pages "Data ganda": people who stand in the registers twice, one group side by side, and what is decided of it."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from access.jejak import address_of, record_jejak
from access.rules import may_edit, may_import, may_see_names, requires
from kpm import queries_ganda as queries
from kpm.filters import Filter
from kpm.ganda import refresh_group
from kpm.ganda_putusan import (
    BACK_OUTSIDE,
    CHANGED,
    OUTSIDE,
    SHOWN,
    Stale,
    decide_other,
    decide_same,
    reaching,
    take_back,
)
from kpm.isian import NUMBER, SHORTEST, Refused
from kpm.models import Ganda, Impor, PutusanGanda, written_date

PER_PAGE = 25
KEADAAN = [(queries.TERBUKA, "Belum diputuskan"), (queries.BEDA, "Orang berbeda")]


class PutusanForm(forms.Form):
    """Other people or one person, and why. tetap: which record stays."""

    hasil = forms.ChoiceField(
        label="Putusan",
        widget=forms.RadioSelect,
        choices=[
            ("beda", "Orang berbeda, semua catatan tetap"),
            ("sama", "Orang yang sama, satu catatan dipertahankan"),
        ],
        error_messages={"required": "Pilih putusannya.", "invalid_choice": "Pilih putusannya."},
    )
    tetap = forms.TypedChoiceField(
        label="Catatan yang dipertahankan", coerce=int, empty_value=None, required=False
    )
    alasan = forms.CharField(
        label="Alasan",
        max_length=200,
        help_text="Misalnya: anak kembar, dicocokkan dengan KK masing-masing. Jangan tulis NIK atau nama.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": "Tulis alasannya.",
            "max_length": "Terlalu panjang, paling banyak 200 huruf.",
        },
    )
    sidik = forms.CharField(widget=forms.HiddenInput, max_length=36)
    sekali = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, people: list[queries.Person], here: Ganda, data=None):
        super().__init__(data, initial={"sidik": str(here.sidik), "sekali": uuid.uuid4()})
        self.people = people
        if here.jenis == Ganda.Jenis.NIK_BANYAK or here.orang > SHOWN:
            self.fields["hasil"].choices = [("beda", "Orang berbeda, semua catatan tetap")]  # type: ignore[attr-defined]
            del self.fields["tetap"]
            return
        choices = [(p.anggota.pk, f"Catatan {n}") for n, p in enumerate(people, start=1)]
        self.fields["tetap"].choices = [("", "Pilih catatannya"), *choices]  # type: ignore[attr-defined]
        for n, person in enumerate(people, start=1):
            if person.penerus_list:
                self.fields[f"kepala_{person.anggota.pk}"] = forms.TypedChoiceField(
                    label=f"Kepala keluarga yang baru bila catatan {n} dikeluarkan",
                    coerce=int,
                    empty_value=None,
                    required=False,
                    choices=[("", "Pilih orangnya"), *((one.pk, one.nama) for one in person.penerus_list)],
                )

    def clean_alasan(self) -> str:
        text = " ".join(self.cleaned_data["alasan"].split())
        if NUMBER.search(text):
            raise forms.ValidationError(
                "Jangan tulis NIK atau No. KK di sini: alasan ini tersimpan di jejak."
            )
        if len(text) < SHORTEST:
            raise forms.ValidationError(f"Tulis alasannya, sedikitnya {SHORTEST} huruf.")
        return text

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("hasil") == "sama" and not data.get("tetap") and "tetap" not in self.errors:
            self.add_error("tetap", "Pilih catatan yang dipertahankan.")
        return data

    @property
    def kepala(self) -> dict[int, int]:
        """Who follows as head: {who is taken off: his successor}."""
        data = self.cleaned_data
        return {p.anggota.pk: head for p in self.people if (head := data.get(f"kepala_{p.anggota.pk}"))}

    @property
    def asks(self) -> bool:
        """ "Orang yang sama" is carried out after its consequences were shown."""
        return self.cleaned_data["hasil"] == "sama" and "yakin" not in self.data

    def try_out(self, by, kelompok: int, alamat: str | None) -> list[str]:
        """The consequences, after doing it and taking it back: what would be refused is said now. Raises Refused."""
        with transaction.atomic():
            self.decide(by, kelompok, alamat)
            transaction.set_rollback(True)
        return queries.after_same(self.people, self.cleaned_data["tetap"], self.kepala)

    def again(self, people: list[queries.Person], here: Ganda) -> PutusanForm:
        """The same answers under what is recorded now."""
        data = self.data.copy()  # type: ignore[attr-defined]
        data["sidik"] = str(here.sidik)
        return PutusanForm(people, here, data)

    def refuse(self, refusal: Refused) -> None:
        """Show the sentences of a refusal, each beside its field."""
        for name, sentence in refusal.errors.items():
            self.add_error(name if name in self.fields else None, sentence)

    def decide(self, by, kelompok: int, alamat: str | None) -> PutusanGanda:
        """Carry it out. Raises Refused."""
        data = self.cleaned_data
        if data["hasil"] == "beda":
            return decide_other(
                by=by, kelompok=kelompok, sidik=data["sidik"], alasan=data["alasan"], alamat=alamat
            )
        return decide_same(
            by=by,
            kelompok=kelompok,
            sidik=data["sidik"],
            tetap=data["tetap"],
            alasan=data["alasan"],
            kepala=self.kepala,
            sekali=data["sekali"],
            alamat=alamat,
        )


def _asked(request: HttpRequest) -> queries.Asked:
    """Wilayah, kind, state and import out of the address; what nobody offers is read as not set."""
    jenis, keadaan, impor = (request.GET.get(name, "") for name in ("jenis", "keadaan", "impor"))
    seen = Impor.objects.seen_by(request.user) if may_import(request.user) else Impor.objects.none()
    return queries.Asked(
        user=request.user,
        filter=Filter(wilayah=Filter.read(request.GET).wilayah),
        jenis=jenis if jenis in Ganda.Jenis.values else "",
        keadaan=queries.BEDA if keadaan == queries.BEDA else queries.TERBUKA,
        impor=seen.filter(pk=int(impor)).first() if impor.isdecimal() and len(impor) < 18 else None,
    )


@login_required
@requires(may_see_names)
@require_safe
def ganda_list(request: HttpRequest) -> HttpResponse:
    """Groups of people who seem to be one, in one's own land."""
    asked = _asked(request)
    rows = queries.GroupRows(asked)
    page: Page = Paginator(rows, PER_PAGE).get_page(request.GET.get("halaman", "1"))  # type: ignore[arg-type]
    groups = list(page.object_list)
    people = [one for group in groups for one in group.anggota_list]
    if people:
        record_jejak(
            user=request.user,
            aksi="lihat_daftar",
            objek="ganda",
            alamat=address_of(request),
            rincian={"kelompok": len(groups), "jenis": asked.jenis, "keadaan": asked.keadaan},
            isi={
                "anggota": [one.pk for one in people],
                "keluarga": sorted({one.keluarga_id for one in people}),
            },
        )
    counts = queries.counts(asked)
    decided = list(queries.decisions(asked)[:PER_PAGE]) if asked.keadaan == queries.BEDA else []
    context = {
        "page": page,
        "group_list": groups,
        "asked": asked,
        "keadaan_list": KEADAAN,
        "jenis_list": [(kind, kind.label, counts[kind]) for kind in Ganda.Jenis],
        "jumlah": sum(counts.values()),
        "wilayah_list": queries.wilayah_below(request.user),
        "putusan_list": decided,
        "boleh_batal": reaching(request.user, decided),
        "hitung": queries.counted(),
    }
    return render(request, "kpm/ganda_list.html", context)


@login_required
@requires(may_see_names)
@require_http_methods(["GET", "HEAD", "POST"])
def ganda(request: HttpRequest, pk: int) -> HttpResponse:
    """One group, its people side by side; a POST decides and leads to the next one, "sama" after a confirmation."""
    asked = _asked(request)
    rows = Ganda.objects.visible_to(request.user).filter(kelompok=pk)
    first = _first(rows)
    if not first:
        return _decided_before(request, pk, asked)
    people = queries.people_of(request.user, first)
    form = PutusanForm(people, first[0], request.POST if request.method == "POST" else None)
    following = queries.next_group(asked, first[0])
    akibat: list[str] = []
    if request.method == "POST" and form.is_valid() and "ubah" not in request.POST:
        try:
            if form.asks:
                akibat = form.try_out(request.user, pk, address_of(request))
            else:
                messages.success(request, _done(form.decide(request.user, pk, address_of(request))))
                return redirect(_address(following, asked))
        except Stale as refusal:
            refresh_group(pk)  # so that what is compared next is what is recorded
            first = _first(rows)
            if not first:
                messages.error(request, CHANGED)
                return redirect(_address(None, asked))
            people = queries.people_of(request.user, first)
            form = form.again(people, first[0])
            form.refuse(refusal)
        except Refused as refusal:
            form.refuse(refusal)
    here, terlihat = first[0], rows.count()
    why_not = _why_not(request.user, rows, here.orang)
    putusan = (
        PutusanGanda.objects.visible_to(request.user)
        .select_related("oleh")
        .filter(pk=here.putusan_id)
        .first()
    )
    record_jejak(
        user=request.user,
        aksi="lihat_orang",
        objek="ganda",
        objek_id=pk,
        wilayah_id=here.wilayah_id,
        alamat=address_of(request),
        rincian={"anggota": len(people)},
        isi={
            "anggota": [one.pk for person in people for one in person.serumah],
            "keluarga": sorted({person.keluarga.pk for person in people}),
        },
    )
    if akibat:
        confirmation = {"ganda": here, "form": form, "akibat_list": akibat, "kembali": _address(None, asked)}
        return render(request, "kpm/ganda_sama.html", confirmation)
    context = {
        "ganda": here,
        "person_list": people,
        "line_list": queries.compare(people),
        "di_luar": here.orang - terlihat,
        "lagi": terlihat - len(people),
        "form": form,
        "mengapa_tidak": why_not,
        "berikut": _address(following, asked) if following else "",
        "kembali": _address(None, asked),
        "putusan": putusan,
        "boleh_batal": reaching(request.user, [putusan] if putusan else []),
        "dulu": PutusanGanda.objects.visible_to(request.user)
        .select_related("oleh")
        .filter(kelompok=pk)
        .exclude(pk=here.putusan_id)
        .order_by("-pk")
        .first(),
    }
    return render(request, "kpm/ganda.html", context, status=422 if form.errors else 200)


def _first(rows: QuerySet[Ganda]) -> list[Ganda]:
    """The rows that are shown side by side."""
    return list(rows.order_by("anggota_id")[:SHOWN])


def _decided_before(request: HttpRequest, kelompok: int, asked: queries.Asked) -> HttpResponse:
    """A group that is gone since somebody decided they are one person: say so; a form may have been sent twice."""
    rows = PutusanGanda.objects.visible_to(request.user).filter(
        kelompok=kelompok, hasil=PutusanGanda.Hasil.SAMA, dibatalkan=None
    )
    putusan = rows.select_related("oleh").order_by("-pk").first()
    if putusan is None:
        raise Http404("tidak ada")
    messages.info(
        request,
        f"Sudah disimpan: orang yang sama, diputuskan {putusan.oleh.nama}, {written_date(putusan.dibuat)}.",
    )
    return redirect(_address(None, asked))


def _why_not(user, rows: QuerySet[Ganda], orang: int) -> str:
    """Why this user cannot decide of the group; "" when he can."""
    if not may_edit(user):
        return may_edit.sentence
    return "" if rows.filter(may_edit.within(user)).count() == orang else OUTSIDE


def _done(putusan: PutusanGanda) -> str:
    if putusan.hasil == PutusanGanda.Hasil.BEDA:
        return "Tersimpan: orang berbeda. Tidak ditanyakan lagi selama datanya tetap."
    n = len(putusan.suntingan_ids)
    return f"Tersimpan: orang yang sama. {n} catatan dikeluarkan sebagai tercatat ganda."


def _address(kelompok: int | None, asked: queries.Asked) -> str:
    base = reverse("kpm:ganda", args=[kelompok]) if kelompok else reverse("kpm:ganda_list")
    return f"{base}?{asked.query}" if asked.query else base


@login_required
@requires(may_edit)
@require_http_methods(["GET", "HEAD", "POST"])
def ganda_batal(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask first, then take a decision back."""
    rows = PutusanGanda.objects.visible_to(request.user).filter(may_edit.within(request.user))
    putusan = get_object_or_404(rows.select_related("oleh"), pk=pk)
    if putusan.pk not in reaching(request.user, [putusan]):
        messages.error(request, BACK_OUTSIDE)
        return redirect("kpm:ganda_list")
    if request.method == "POST":
        try:
            take_back(
                by=request.user,
                putusan_id=putusan.pk,
                alasan="putusan data ganda dibatalkan",
                alamat=address_of(request),
            )
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, "Putusan dibatalkan. Orangnya muncul lagi di daftar.")
        return redirect("kpm:ganda_list")
    return render(request, "kpm/ganda_batal.html", {"putusan": putusan})
