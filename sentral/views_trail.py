"""The trail of one keluarga or anggota, the letter about it, and the warnings that somebody has to look into."""

from __future__ import annotations

from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from access.jejak import address_of, record_jejak
from access.models import Peringatan
from access.peringatan import CheckRefused, check_peringatan
from access.rules import may_answer_trail, may_see_jejak, may_see_names, may_see_trail, requires
from kpm.models import Anggota, Keluarga
from kpm.templatetags.kpm_tags import alamat_lengkap, nama_orang
from sentral import queries
from sentral.forms import LARGEST_ID, DatesForm, RowForm
from sentral.pdf import pdf_of
from sentral.trail import ANGGOTA, KELUARGA, Subject, grouped, lines_of
from spatial.models import Wilayah

LINES_PER_PAGE = 50
LONGEST_LETTER = 5000  # lines; more than that is narrowed by dates


def _subject(user, objek: str, pk: int) -> Subject:
    """Who may see people finds the row through the gate or gets a 404; the auditor has the number alone."""
    if pk > LARGEST_ID:
        raise Http404("tidak ada")
    if not may_see_names(user):
        return Subject(objek, pk)
    if objek == KELUARGA:
        keluarga = Keluarga.objects.visible_to(user).select_related("wilayah__induk")
        return Subject(objek, pk, keluarga=get_object_or_404(keluarga, pk=pk))
    anggota = Anggota.objects.visible_to(user).select_related("keluarga__wilayah__induk")
    found = get_object_or_404(anggota, pk=pk)
    return Subject(objek, pk, keluarga=found.keluarga, anggota=found)


@login_required
@requires(may_see_jejak)
@require_safe
def trail_find(request: HttpRequest) -> HttpResponse:
    """From a typed number to the trail of that row."""
    form = RowForm(request.GET)
    if not form.is_valid():
        messages.error(request, "Tulis nomor barisnya dengan angka, misalnya 1204.")
        return redirect("jejak")
    return redirect(f"jejak_{form.cleaned_data['objek']}", pk=form.cleaned_data["id"])


@login_required
@requires(may_see_trail)
@require_safe
def trail(request: HttpRequest, objek: str, pk: int) -> HttpResponse:
    """Who saw this row, when, as what, why. Reading it is a line of its own, written first."""
    subject = _subject(request.user, objek, pk)
    form = DatesForm(request.GET)
    form.is_valid()
    wilayah_id, keluarga = subject.wilayah_id, subject.keluarga
    anggota = Anggota.objects.visible_to(request.user).filter(keluarga=keluarga) if keluarga else []
    anggota_list = list(anggota) if objek == KELUARGA else []
    named = [one.pk for one in [subject.anggota, *anggota_list] if one is not None]
    _record(request, subject, "lihat_jejak", wilayah_id, named)
    page = Paginator(subject.keys(**form.asked), LINES_PER_PAGE).get_page(request.GET.get("halaman"))
    query = urlencode({name: value.isoformat() for name, value in form.asked.items()})
    context = {
        "subject": subject,
        "judul": _title(subject),
        "wilayah": Wilayah.objects.filter(pk=wilayah_id).select_related("induk").first(),
        "form": form,
        "page": page,
        "line_list": lines_of(page.object_list),
        "anggota_list": anggota_list,
        "boleh_surat": subject.keluarga is not None and may_answer_trail(request.user),
        "surat_url": f"{reverse(f'jejak_{objek}_surat', args=[pk])}?{query}",
    }
    return render(request, "sentral/trail.html", context, status=422 if form.errors else 200)


def _title(subject: Subject) -> str:
    if subject.anggota is not None:
        return nama_orang(subject.anggota.nama)
    if subject.keluarga is None:
        return f"{subject.objek} {subject.pk}"
    head = _head(subject.keluarga)
    return f"keluarga {nama_orang(head.nama)}" if head else f"keluarga {subject.pk}"


def _head(keluarga: Keluarga) -> Anggota | None:
    return Anggota.objects.filter(keluarga=keluarga).order_by("-kepala", "tanggal_lahir", "pk").first()


def _record(
    request: HttpRequest, subject: Subject, aksi: str, wilayah_id: str | None, anggota: list[int]
) -> None:
    """The line of reading. `anggota` is who is named on the page; for the auditor nobody is."""
    record_jejak(
        user=request.user,
        aksi=aksi,
        objek=subject.objek,
        objek_id=subject.pk,
        wilayah_id=wilayah_id,
        alasan="surat jawaban akses data pribadi" if aksi == "unduh" else "",
        alamat=address_of(request),
        rincian={"nama": len(anggota)} if anggota else {},
        isi={subject.objek: [subject.pk]} | ({ANGGOTA: anggota} if anggota else {}),
    )


@login_required
@requires(may_answer_trail)
@require_safe
def trail_letter(request: HttpRequest, objek: str, pk: int) -> HttpResponse:
    """The letter to the person, as PDF: the same lines, equal ones of a day together, no addresses."""
    subject = _subject(request.user, objek, pk)
    form = DatesForm(request.GET)
    if not form.is_valid():
        return redirect(f"{reverse(f'jejak_{objek}', args=[pk])}?{request.GET.urlencode()}")
    keluarga = subject.keluarga
    if keluarga is None:
        raise Http404("tidak ada")
    keys = list(subject.keys(**form.asked)[: LONGEST_LETTER + 1])
    if len(keys) > LONGEST_LETTER:
        messages.error(request, f"Jejaknya lebih dari {LONGEST_LETTER} baris. Pilih masa yang lebih pendek.")
        return redirect(f"jejak_{objek}", pk=pk)
    head = subject.anggota or _head(keluarga)
    _record(request, subject, "unduh", subject.wilayah_id, [head.pk] if head else [])
    wilayah = keluarga.wilayah
    context = {
        "objek": objek,
        "pk": str(pk),
        "kepada": nama_orang(head.nama) if head else "Kepala keluarga",
        "alamat": alamat_lengkap(keluarga),
        "tempat": ", ".join(w.nama_lengkap for w in (wilayah, wilayah and wilayah.induk) if w),
        "hari_ini": timezone.localdate(),
        "banyak": len(keys),
        "kelompok_list": grouped(lines_of(keys)),
        **form.asked,
    }
    response = HttpResponse(pdf_of("sentral/surat_jejak.html", context), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="jejak-{objek}-{pk}.pdf"'
    response.headers["Cache-Control"] = "no-store"
    return response


@login_required
@requires(may_see_jejak)
@require_safe
def peringatan_list(request: HttpRequest) -> HttpResponse:
    """Days on which somebody opened more than usual, those not looked into first."""
    page = Paginator(queries.peringatan_rows(), LINES_PER_PAGE).get_page(request.GET.get("halaman"))
    context = {"page": page, "peringatan_list": queries.with_volume(list(page.object_list))}
    return render(request, "sentral/peringatan.html", context)


class CheckForm(forms.Form):
    """What was found."""

    catatan = forms.CharField(
        label="Apa yang Anda ketahui",
        max_length=300,
        min_length=10,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Misalnya: menyiapkan penyaluran sembako 25 November, sudah ditanyakan. Tanpa NIK atau nama warga.",
        error_messages={
            "required": "Tulis apa yang Anda ketahui.",
            "min_length": "Tulis sedikitnya %(limit_value)s huruf.",
        },
    )


@login_required
@requires(may_see_jejak)
@require_http_methods(["GET", "HEAD", "POST"])
def peringatan_check(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one as looked into, with a note."""
    peringatan = get_object_or_404(Peringatan.objects.select_related("pengguna", "pemeriksa"), pk=pk)
    form = CheckForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            check_peringatan(
                peringatan=peringatan,
                by=request.user,
                catatan=form.cleaned_data["catatan"],
                alamat=address_of(request),
            )
        except CheckRefused as refused:
            form.add_error(None, str(refused))
            peringatan = get_object_or_404(Peringatan.objects.select_related("pengguna", "pemeriksa"), pk=pk)
        else:
            messages.success(request, "Peringatan ditandai sudah diperiksa.")
            return redirect("peringatan_list")
    (shown,) = queries.with_volume([peringatan])
    status = 422 if form.errors else 200
    return render(request, "sentral/peringatan_periksa.html", {"form": form, "p": shown}, status=status)
