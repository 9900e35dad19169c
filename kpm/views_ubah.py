"""Changing a keluarga by hand: what can be done, the form, what would change, and the saving of it.

A form goes to its own address twice: first it is answered with what would change, and with `simpan` it is carried
out. Both name people, so both leave a line of the trail. What was typed stands in the page, never in an address.
"""

from __future__ import annotations

import uuid
from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from access.jejak import address_of, record_jejak
from access.rules import may_edit, may_see_names, requires
from kpm import queries_suntingan
from kpm.edit_preview import Preview, preview
from kpm.forms_ubah import KINDS, BatalForm, EditForm, KeluargaBaruForm, relation
from kpm.isian import Changed, Refused
from kpm.models import Anggota, Keluarga, Suntingan
from kpm.opening import find_keluarga, record_elsewhere, record_opening
from kpm.suntingan import made_by

TWICE = "Formulir ini sudah disimpan. Buka lagi bila ada perubahan lain."
EDITS_PER_PAGE = 50


@login_required
@requires(may_edit)
@require_safe
def ubah(request: HttpRequest, pk: int) -> HttpResponse:
    """What may be changed of this keluarga, in plain words."""
    keluarga, anggota_list = _open(request, pk)
    record_opening(request, keluarga, anggota_list, untuk="ubah")
    aktif = [one for one in anggota_list if one.status == Anggota.Status.AKTIF]
    gone = anggota_list[len(aktif) :]
    return render(
        request,
        "kpm/ubah.html",
        {
            "keluarga": keluarga,
            "kepala": anggota_list[0] if anggota_list else None,
            "pilihan_list": _offered(keluarga, aktif, gone),
            "anggota_list": [(one, relation(one)) for one in aktif],
        },
    )


def _offered(keluarga: Keluarga, aktif: list[Anggota], gone: list[Anggota]) -> list[dict[str, str]]:
    """The changes that make sense for it now, each with a sentence."""
    on_list = keluarga.status == Keluarga.Status.AKTIF
    several = len(aktif) > 1
    offered = [
        ("kelahiran", "Anak yang baru lahir menjadi anggota", on_list),
        ("masuk", "Orang yang datang atau terlewat dicatat", on_list),
        ("kematian", "Seorang anggota meninggal", bool(aktif)),
        ("anggota-keluar", "Seorang anggota pindah sendiri, atau tercatat ganda", bool(aktif)),
        ("pindah-kk", "Seorang anggota masuk ke KK lain yang sudah tercatat", bool(aktif)),
        ("anggota-kembali", "Orang yang tidak lagi anggota, menjadi anggota lagi", on_list and bool(gone)),
        ("kepala", "Anggota lain menjadi kepala keluarga", several or not any(one.kepala for one in aktif)),
        ("pisah", "Sebagian anggota mendapat KK sendiri", on_list and several),
        ("gabung", "Keluarga lain masuk ke keluarga ini", on_list),
        ("pindah", "Seluruh keluarga pindah ke desa lain", on_list),
        ("data", "No. KK, alamat, dusun, RT, RW", True),
        ("titik", "Titik rumah: lintang dan bujur, atau dipilih di peta", True),
        ("keluar", "Keluarga ini tidak lagi di daftar", on_list),
        ("kembali", "Keluarga ini kembali ke daftar", not on_list),
    ]
    return [
        {"url": reverse(f"kpm:ubah_{apa}", args=[keluarga.pk]), "judul": KINDS[apa].judul, "teks": text}
        for apa, text, sensible in offered
        if sensible
    ]


@login_required
@requires(may_edit)
@require_http_methods(["GET", "HEAD", "POST"])
def ubah_apa(request: HttpRequest, pk: int, apa: str) -> HttpResponse:
    """One change of one keluarga."""
    if done := _saved_before(request):
        return _after(request, done, twice=True)
    keluarga, anggota_list = _open(request, pk)
    kind = KINDS[apa]
    orang = _chosen(request, anggota_list)
    if kind.orang and orang is None:
        return redirect("kpm:ubah", pk=keluarga.pk)
    form = kind(request.user, keluarga, anggota_list, request.POST or None, orang)
    back = reverse("kpm:ubah", args=[keluarga.pk])
    record_opening(request, keluarga, anggota_list, untuk="ubah")
    return _answer(
        request, form, back, {"keluarga": keluarga, "kepala": anggota_list[0] if anggota_list else None}
    )


@login_required
@requires(may_edit)
@require_http_methods(["GET", "HEAD", "POST"])
def keluarga_baru(request: HttpRequest) -> HttpResponse:
    """A keluarga that no file brought."""
    if done := _saved_before(request):
        return _after(request, done, twice=True)
    form = KeluargaBaruForm(request.user, None, [], request.POST or None)
    return _answer(request, form, reverse("kpm:keluarga_list"), {})


def _open(request: HttpRequest, pk: int) -> tuple[Keluarga, list[Anggota]]:
    keluarga, anggota_list = find_keluarga(request.user, pk)
    if not may_edit.covers(request.user, keluarga.wilayah_id):
        raise PermissionDenied(may_edit.sentence)
    return keluarga, anggota_list


def _chosen(request: HttpRequest, anggota_list: list[Anggota]) -> Anggota | None:
    text = request.GET.get("orang", "")
    return next((one for one in anggota_list if str(one.pk) == text), None)


def _saved_before(request: HttpRequest) -> Suntingan | None:
    """What a form that was posted once has made already; its keluarga may be out of sight by now."""
    if request.method != "POST" or "simpan" not in request.POST:
        return None
    try:
        return made_by(request.user, uuid.UUID(request.POST.get("sekali", "")))
    except ValueError:
        return None


def _answer(request: HttpRequest, form: EditForm, back: str, context: dict) -> HttpResponse:
    """The form, what would change, or the way back to the keluarga once it is saved."""
    seen: Preview | None = None
    if request.method == "POST" and form.is_valid():
        try:
            if "simpan" in request.POST:
                return _after(request, form.change(form.why(address_of(request))))
            if "ubah" not in request.POST:
                seen = _preview(request, form)
        except Refused as refusal:
            _told(request, form, refusal)
        except ObjectDoesNotExist as error:
            raise Http404("tidak ada") from error
    context |= {
        "form": form,
        "kembali": back,
        "lihat": seen,
        "akibat_list": form.consequences() if seen else [],
        "ganti": form.refusal if isinstance(form.refusal, Changed) else None,
        "tercatat_di": form.refusal.keluarga if form.refusal else None,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound and form.errors else HTTPStatus.OK
    return render(request, "kpm/ubah_lihat.html" if seen else "kpm/ubah_isian.html", context, status=status)


def _preview(request: HttpRequest, form: EditForm) -> Preview:
    families = [form.keluarga] if form.keluarga else []
    why = form.why(address_of(request))
    return preview(request.user, families, lambda: form.change(why), form.typed_numbers())


def _told(request: HttpRequest, form: EditForm, refusal: Refused) -> None:
    form.refuse(refusal)
    if isinstance(refusal, Changed):
        form.see_again()
    record_elsewhere(request, refusal)


def _after(request: HttpRequest, suntingan: Suntingan, *, twice: bool = False) -> HttpResponse:
    """Back to the keluarga; of one that moved out of sight to the list."""
    there = Keluarga.objects.visible_to(request.user).filter(pk=suntingan.keluarga_id).exists()
    words = f"{suntingan.get_jenis_display()} tersimpan."
    if not there and suntingan.rincian:
        words = "Keluarga itu pindah ke luar wilayah Anda, jadi tidak terlihat lagi di sini."
    elif suntingan.jenis == Suntingan.Jenis.BATAL:
        words = "Perubahan dikembalikan." if _took_back_an_undo(suntingan) else "Perubahan dibatalkan."
    messages.success(request, TWICE if twice else words)
    return redirect("kpm:keluarga", pk=suntingan.keluarga_id) if there else redirect("kpm:keluarga_list")


def _took_back_an_undo(suntingan: Suntingan) -> bool:
    return suntingan.batal_dari is not None and suntingan.batal_dari.jenis == Suntingan.Jenis.BATAL


@login_required
@requires(may_edit)
@require_http_methods(["GET", "HEAD", "POST"])
def suntingan_batal(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo one change, after the same confirmation as any other."""
    if done := _saved_before(request):
        return _after(request, done, twice=True)
    suntingan = get_object_or_404(Suntingan.objects.visible_to(request.user).select_related("oleh"), pk=pk)
    if not may_edit.covers(request.user, suntingan.wilayah_id):
        raise PermissionDenied(may_edit.sentence)
    keluarga = Keluarga.objects.visible_to(request.user).filter(pk=suntingan.keluarga_id).first()
    anggota_list: list[Anggota] = []
    if keluarga is not None:
        keluarga, anggota_list = find_keluarga(request.user, keluarga.pk)
        record_opening(request, keluarga, anggota_list, untuk="ubah")
    form = BatalForm(request.user, keluarga, anggota_list, request.POST or None, suntingan=suntingan)
    back = reverse("kpm:keluarga", args=[keluarga.pk]) if keluarga else reverse("kpm:keluarga_list")
    context = {"keluarga": keluarga, "kepala": anggota_list[0] if anggota_list else None, "batal": suntingan}
    return _answer(request, form, back, context)


@login_required
@requires(may_see_names)
@require_safe
def suntingan_list(request: HttpRequest) -> HttpResponse:
    """The changes made by hand in one's territory: of a keluarga that moved away or is gone only this is left."""
    page = Paginator(queries_suntingan.edits(request.user), EDITS_PER_PAGE).get_page(
        request.GET.get("halaman")
    )
    row_list = queries_suntingan.rows_of(request.user, page.object_list)
    if row_list:
        record_jejak(
            user=request.user,
            aksi="lihat_daftar",
            objek="keluarga",
            alamat=address_of(request),
            rincian={"halaman": page.number, "banyak": len(row_list)},
            isi={
                "keluarga": [row.suntingan.keluarga_id for row in row_list if row.terlihat],
                "anggota": [row.kepala.pk for row in row_list if row.kepala is not None],
            },
        )
    return render(request, "kpm/suntingan_list.html", {"page": page, "row_list": row_list})
