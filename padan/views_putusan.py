"""Pages "Putusan": pairs that wait, one pair side by side, taking a decision back, and proposed NIK.

Opening a pair takes it for a few minutes, so that nobody else decides it meanwhile, and leaves a line of the trail.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access.jejak import address_of, record_jejak
from access.rules import may_decide_padan, may_edit, requires
from kpm.isian import SHORTEST, Changed, Refused
from kpm.opening import record_elsewhere
from kpm.suntingan import version_of
from padan import queries_putusan as queries
from padan.models import Kandidat, Putusan, UsulNik
from padan.putusan import (
    OPEN,
    Held,
    Stale,
    decidable,
    decide_kandidat,
    hold,
    may_undo,
    release,
    undo_putusan,
)
from padan.usul import SAME_PERSON, confirm_usul, confirmable, refuse_usul

PER_PAGE = 25
SAVED = {
    Putusan.Keputusan.TERIMA: "Tersimpan: orang yang sama.",
    Putusan.Keputusan.TOLAK: "Tersimpan: orang lain. Tidak ditanyakan lagi selama datanya tetap.",
    Putusan.Keputusan.RAGU: "Tersimpan: belum pasti. Pasangannya ada di saringan Belum pasti.",
}
PROPOSED = "NIK-nya diusulkan, dan tertulis setelah petugas kedua menyetujui."
USUL_STATES = [
    (UsulNik.Keadaan.MENUNGGU, "Menunggu"),
    (UsulNik.Keadaan.DISETUJUI, "Disetujui"),
    (UsulNik.Keadaan.DITOLAK, "Ditolak"),
    (UsulNik.Keadaan.GUGUR, "Tidak berlaku lagi"),
]


def _clean_reason(text: str) -> str:
    return " ".join(text.split())


class PutusanForm(forms.Form):
    """What a pair is, and a note for whoever comes after."""

    hasil = forms.ChoiceField(
        choices=Putusan.Keputusan.choices,
        error_messages={"required": "Pilih putusannya.", "invalid_choice": "Pilih putusannya."},
    )
    alasan = forms.CharField(
        label="Catatan, boleh kosong",
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 1, "class": "form-control", "autocomplete": "off"}),
        error_messages={"max_length": "Catatan terlalu panjang, paling banyak 300 huruf."},
    )
    dilihat = forms.CharField(required=False, max_length=64)


class BatalForm(forms.Form):
    """Why a decision is taken back. Of one's own it may be left out."""

    alasan = forms.CharField(
        label="Alasan",
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="Misalnya: dicocokkan lagi dengan KK, orangnya lain. Jangan tulis NIK atau nama.",
        error_messages={"required": "Tulis alasannya.", "max_length": "Paling banyak 300 huruf."},
    )

    def clean_alasan(self) -> str:
        text = _clean_reason(self.cleaned_data["alasan"])
        if len(text) < SHORTEST:
            raise forms.ValidationError(f"Tulis alasannya, sedikitnya {SHORTEST} huruf.")
        return text


class UsulForm(forms.Form):
    """The second person's answer to a proposed NIK. Why is asked for a no."""

    jawaban = forms.ChoiceField(
        choices=[("setuju", "setuju"), ("tolak", "tolak")], error_messages={"required": "Pilih jawabannya."}
    )
    alasan = forms.CharField(
        label="Alasan menolak",
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="Hanya bila ditolak. Jangan tulis NIK atau nama.",
        error_messages={"max_length": "Paling banyak 300 huruf."},
    )
    dilihat = forms.CharField(required=False, max_length=64)


# --- pairs ---------------------------------------------------------------------------------------


@login_required
@requires(may_decide_padan)
@require_safe
def putusan_list(request: HttpRequest) -> HttpResponse:
    """People of one's land whom the register and the extract may both know, strongest evidence first."""
    asked = queries.Asked.read(request.user, request.GET)
    counts = queries.counts(asked)
    rows = asked.chosen.select_related("dipegang_oleh", "putusan__oleh").defer("isi", "bobot")
    paginator = Paginator(rows, PER_PAGE)
    paginator.count = counts.jumlah  # counted already
    page = paginator.get_page(request.GET.get("halaman"))
    pair_list = queries.listed(request.user, list(page.object_list))
    if pair_list:
        record_jejak(
            user=request.user,
            aksi="lihat_daftar",
            objek="kandidat",
            alamat=address_of(request),
            rincian={"halaman": page.number, "banyak": len(pair_list), "keadaan": str(asked.keadaan)},
            isi={"anggota": [one.anggota.pk for one in pair_list]},
        )
    waiting = asked.keadaan == Kandidat.Keadaan.TERBUKA
    first = queries.free(asked).values_list("pk", flat=True).first() if waiting else None
    context = {
        "asked": asked,
        "page": page,
        "pair_list": pair_list,
        "jenis_list": [(kind, kind.label, counts.jenis[kind]) for kind in Kandidat.Jenis],
        "keadaan_list": queries.STATES,
        "tempat_list": counts.tempat,
        "wilayah_list": queries.places(request.user, asked),
        "jumlah": sum(counts.jenis.values()),
        "hari_ini": queries.decided_today(request.user),
        "mulai": asked.address(first) if first else "",
        "menunggu": waiting,
    }
    return render(request, "padan/putusan_list.html", context)


@login_required
@requires(may_decide_padan)
@require_http_methods(["GET", "HEAD", "POST"])
def kandidat(request: HttpRequest, pk: int) -> HttpResponse:
    """One pair side by side; a POST decides it and leads to the next one that waits."""
    asked = queries.Asked.read(request.user, request.GET)
    rows = decidable(request.user).select_related("pencocokan__ekstrak", "putusan__oleh")
    here = get_object_or_404(rows, pk=pk)
    form = PutusanForm(request.POST if request.method == "POST" else None)
    galat, held = "", None
    if request.method == "POST" and form.is_valid():
        try:
            putusan = decide_kandidat(
                by=request.user,
                kandidat_id=pk,
                hasil=form.cleaned_data["hasil"],
                alasan=form.cleaned_data["alasan"],
                dilihat=form.cleaned_data["dilihat"],
                alamat=address_of(request),
            )
        except Refused as refusal:
            galat, held = str(refusal), refusal if isinstance(refusal, Held) else None
            here = get_object_or_404(rows, pk=pk)
        else:
            words = SAVED[Putusan.Keputusan(putusan.hasil)]
            waits = UsulNik.objects.visible_to(request.user).waiting().filter(putusan=putusan).exists()
            messages.success(request, f"{words} {PROPOSED}" if waits else words)
            return redirect(asked.address(queries.following(asked, here)))
    elif request.method == "POST":
        galat = str(next(iter(form.errors.values()))[0])
    pair = queries.pair_of(request.user, here)
    if pair is None:
        raise Http404("tidak ada")
    if request.method == "GET" and here.keadaan in OPEN:
        held = hold(by=request.user, kandidat_id=pk)
    _record_pair(request, pair)
    before, after = queries.neighbour(asked, here, before=True), queries.neighbour(asked, here)
    after = after or queries.following(asked, here)
    last = queries.last_own(request.user)
    context: dict[str, Any] = {
        "pair": pair,
        "kandidat": here,
        "anggota": pair.anggota,
        "keluarga": pair.keluarga,
        "ekstrak": here.pencocokan.ekstrak,
        "asked": asked,
        "form": form,
        "galat": galat,
        "dipegang": held,
        "terbuka": here.keadaan in OPEN and bool(here.isi) and held is None,
        "dilihat": version_of(request.user, pair.keluarga),
        "sebelum": asked.address(before) if before else "",
        "berikut": asked.address(after) if after and after != pk else "",
        "kembali": asked.address(None),
        "terakhir": last if last is not None and may_undo(request.user, last) else None,
        "boleh_batal": here.putusan is not None and may_undo(request.user, here.putusan),
        "menunggu": asked.in_state(Kandidat.Keadaan.TERBUKA).values("anggota").distinct().count(),
        "hari_ini": queries.decided_today(request.user),
    }
    return render(request, "padan/putusan.html", context, status=422 if galat else 200)


def _record_pair(request: HttpRequest, pair: queries.Pair) -> None:
    record_jejak(
        user=request.user,
        aksi="lihat_orang",
        objek="kandidat",
        objek_id=pair.kandidat.pk,
        wilayah_id=pair.anggota.wilayah_id,
        alamat=address_of(request),
        rincian={"anggota": len(pair.serumah)},
        isi={
            "keluarga": [pair.keluarga.pk],
            "anggota": sorted({pair.anggota.pk, *(one.pk for one in pair.serumah)}),
        },
    )


@login_required
@requires(may_decide_padan)
@require_POST
def kandidat_pegang(request: HttpRequest, pk: int) -> HttpResponse:
    """A page that is still open asks for more minutes; 409 with a sentence when somebody else has the pair."""
    try:
        held = hold(by=request.user, kandidat_id=pk)
    except Kandidat.DoesNotExist as error:
        raise Http404("tidak ada") from error
    return JsonResponse({"kata": str(held) if held else ""}, status=409 if held else 200)


@login_required
@requires(may_decide_padan)
@require_POST
def kandidat_lepas(request: HttpRequest, pk: int) -> HttpResponse:
    """A page that was left lets its pair go."""
    try:
        release(by=request.user, kandidat_id=pk)
    except Kandidat.DoesNotExist as error:
        raise Http404("tidak ada") from error
    return HttpResponse(status=204)


@login_required
@requires(may_decide_padan)
@require_http_methods(["GET", "HEAD", "POST"])
def putusan_batal(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a decision back: one's own at once, somebody else's with a reason."""
    rows = Putusan.objects.visible_to(request.user).filter(may_decide_padan.within(request.user))
    putusan = get_object_or_404(rows.select_related("oleh"), pk=pk)
    asked = queries.Asked.read(request.user, request.GET)
    own = putusan.oleh == request.user
    form = BatalForm(request.POST if request.method == "POST" and not own else None)
    galat = ""
    if request.method == "POST" and (own or form.is_valid()):
        words = {} if own else {"alasan": form.cleaned_data["alasan"]}
        try:
            back = undo_putusan(by=request.user, putusan_id=pk, alamat=address_of(request), **words)
        except Refused as refusal:
            galat = str(refusal)
        else:
            messages.success(request, "Putusan dibatalkan. Pasangannya menunggu lagi.")
            return redirect(asked.address(back.pk if back else None))
    context = {
        "putusan": putusan,
        "form": form,
        "sendiri": own,
        "galat": galat,
        "kembali": asked.address(None),
    }
    return render(request, "padan/putusan_batal.html", context, status=422 if galat or form.errors else 200)


# --- proposed NIK --------------------------------------------------------------------------------


@login_required
@requires(may_edit)
@require_safe
def usul_list(request: HttpRequest) -> HttpResponse:
    """NIK that accepted pairs propose, for the second person."""
    keadaan = request.GET.get("keadaan", "")
    if keadaan not in dict(USUL_STATES):
        keadaan = UsulNik.Keadaan.MENUNGGU
    page = Paginator(queries.proposed(request.user, keadaan), PER_PAGE).get_page(request.GET.get("halaman"))
    usul_rows = queries.proposals(request.user, list(page.object_list))
    if usul_rows:
        record_jejak(
            user=request.user,
            aksi="lihat_daftar",
            objek="usulnik",
            alamat=address_of(request),
            rincian={"halaman": page.number, "banyak": len(usul_rows), "keadaan": str(keadaan)},
            isi={"anggota": [one.anggota.pk for one in usul_rows if one.anggota is not None]},
        )
    context = {"page": page, "usul_rows": usul_rows, "keadaan": keadaan, "keadaan_list": USUL_STATES}
    return render(request, "padan/usul_list.html", context)


@login_required
@requires(may_edit)
@require_http_methods(["GET", "HEAD", "POST"])
def usul(request: HttpRequest, pk: int) -> HttpResponse:
    """One proposed NIK beside what the register has; the second person says yes or no."""
    rows = confirmable(request.user).select_related("putusan__oleh", "diusulkan_oleh", "diputus_oleh")
    one = get_object_or_404(rows, pk=pk)
    form = UsulForm(request.POST if request.method == "POST" else None)
    galat, tercatat = "", None
    if request.method == "POST" and form.is_valid():
        try:
            done = _answer_usul(request, pk, form)
        except Refused as refusal:
            record_elsewhere(request, refusal)
            galat = str(Stale()) if isinstance(refusal, Changed) else str(refusal)
            tercatat = refusal.keluarga
        else:
            if done.keadaan == UsulNik.Keadaan.GUGUR:
                messages.warning(request, f"Usul ini tidak berlaku lagi. {done.alasan}")
            elif done.keadaan == UsulNik.Keadaan.DITOLAK:
                messages.success(request, "Usul ditolak. NIK di daftar tidak berubah.")
            else:
                messages.success(request, "NIK tertulis di daftar. Dapat dibatalkan di halaman keluarganya.")
            return redirect("padan:usul_list")
    elif request.method == "POST":
        galat = str(next(iter(form.errors.values()))[0])
    [shown] = queries.proposals(request.user, [one])
    here = decidable_pair(request.user, one) if may_decide_padan(request.user) else None
    if shown.anggota is not None:
        record_jejak(
            user=request.user,
            aksi="lihat_orang",
            objek="usulnik",
            objek_id=pk,
            wilayah_id=one.wilayah_id,
            alamat=address_of(request),
            rincian={"anggota": 1},
            isi={"anggota": [shown.anggota.pk], "keluarga": [shown.anggota.keluarga_id]},
        )
    keluarga = shown.anggota.keluarga if shown.anggota else None
    context = {
        "usul": one,
        "usulan": shown,
        "baris": queries.nik_row(one, shown.anggota),
        "pasangan": here,
        "form": form,
        "galat": galat,
        "tercatat": tercatat,
        "dilihat": version_of(request.user, keluarga) if keluarga else "",
        "mengapa_tidak": SAME_PERSON if shown.milik_sendiri else "",
    }
    return render(request, "padan/usul.html", context, status=422 if galat else 200)


def decidable_pair(user, one: UsulNik) -> Kandidat | None:
    """The pair a proposal came from, for a link."""
    return decidable(user).filter(putusan=one.putusan_id).order_by("-pk").first()


def _answer_usul(request: HttpRequest, pk: int, form: UsulForm) -> UsulNik:
    data = form.cleaned_data
    if data["jawaban"] == "tolak":
        return refuse_usul(by=request.user, usul_id=pk, alasan=data["alasan"], alamat=address_of(request))
    return confirm_usul(by=request.user, usul_id=pk, dilihat=data["dilihat"], alamat=address_of(request))
