"""Pages of the versions of boundaries: list, upload, report, comparison, switch, delete.

Boundaries are no citizens' data; who may choose among them is rules.may_manage_batas.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from access.jejak import address_of
from access.rules import may_manage_batas, requires
from sentral.batas import actions
from sentral.batas.forms import BatasForm
from sentral.templatetags.sentral_tags import angka
from spatial import queries, queries_batas
from spatial.actions_batas import VersiBerubah
from spatial.batas_files import BatasDitolak
from spatial.batas_report import LEVEL_NAMES, area, percent
from spatial.models import VersiBatas, Wilayah

ACCEPTED = ".geojson,.json,.zip,.gpkg"
GRAVEST_FIRST = ["buruk", "awas", "kabar", "baik"]
CHANGES_SHOWN = 50


@login_required
@require_GET
@requires(may_manage_batas)
def versi_list(request: HttpRequest) -> HttpResponse:
    """All versions, the one in use first."""
    desa = Wilayah.objects.villages().count()
    return render(
        request, "sentral/batas_list.html", {"versi_list": queries_batas.versi_list(), "seluruh": desa}
    )


@login_required
@require_http_methods(["GET", "POST"])
@requires(may_manage_batas)
def baru(request: HttpRequest) -> HttpResponse:
    """Take in files. The script of the page asks for JSON, a form without script gets pages."""
    form = BatasForm(request.POST or None, request.FILES or None)
    wants_json = request.headers.get("Accept", "").startswith("application/json")
    if request.method == "POST":
        if form.is_valid():
            data = form.cleaned_data
            try:
                job = actions.accept_upload(
                    berkas_list=data.pop("berkas"),
                    pemilik=request.user,
                    alamat=address_of(request),
                    **data,
                )
            except BatasDitolak as refusal:
                form.add_error("berkas", str(refusal))
            else:
                url = job.get_absolute_url()
                return JsonResponse({"url": url}, status=201) if wants_json else redirect(url)
        if wants_json:
            return JsonResponse({"pesan": str(next(iter(form.errors.values()))[0])}, status=422)
    context = {"form": form, "terima": ACCEPTED, "batas": settings.MAX_UPLOAD_BYTES}
    return render(request, "sentral/batas_baru.html", context, status=422 if form.errors else 200)


@login_required
@require_GET
@requires(may_manage_batas)
def versi(request: HttpRequest, pk: int) -> HttpResponse:
    """The report of one version: what it holds, every check, and what may be done with it."""
    one = get_object_or_404(VersiBatas, pk=pk)
    now = queries.active_versi()
    names = _names()
    context = {
        "versi": one,
        "aktif": now,
        "tingkat_list": _levels(one, names),
        "temuan_list": _findings(one, names),
        "bandingkan": now is not None and now != one and queries_batas.shared_tingkat(one, now),
    }
    return render(request, "sentral/batas.html", context)


def _names() -> dict[str, str]:
    return {wilayah.kode: wilayah.nama for wilayah in Wilayah.objects.only("kode", "nama")}


def _levels(one: VersiBatas, names: dict[str, str]) -> list[dict[str, Any]]:
    """Per level how many have a boundary; for a computed version, which has no report, counted now."""
    words = {"berkas": "dari berkas", "gabungan": "gabungan tingkat di bawahnya", "": "tidak ada"}
    told = one.laporan.get("tingkat")
    if told is None:
        drawn = set(one.batas_list.values_list("wilayah_id", flat=True))
        told = []
        for tingkat in reversed(Wilayah.Tingkat.values):
            codes = list(Wilayah.objects.filter(tingkat=tingkat).values_list("kode", flat=True))
            tanpa = sorted(set(codes) - drawn)
            here = len(codes) - len(tanpa)
            told.append({"tingkat": tingkat, "asal": "", "ada": here, "seluruh": len(codes), "tanpa": tanpa})
    return [
        {
            "nama": LEVEL_NAMES[level["tingkat"]].capitalize(),
            "ada": level["ada"],
            "seluruh": level["seluruh"],
            "asal": words[level["asal"]] if one.laporan else "dihitung",
            "tanpa": [names.get(kode, kode) for kode in level["tanpa"]] if level["ada"] else [],
        }
        for level in told
    ]


def _findings(one: VersiBatas, names: dict[str, str]) -> list[dict[str, Any]]:
    """The checks, gravest first, each wilayah with its name."""
    found = sorted(one.laporan.get("temuan", []), key=lambda t: GRAVEST_FIRST.index(t["berat"]))
    return [
        t
        | {
            "daftar": [
                {"nama": ", ".join(names.get(kode, kode) for kode in hit["kode"]), "ket": hit["ket"]}
                for hit in t["daftar"]
            ],
            "lain": t["jumlah"] - len(t["daftar"]),
        }
        for t in found
    ]


@login_required
@require_GET
@requires(may_manage_batas)
def bandingkan(request: HttpRequest, pk: int) -> HttpResponse:
    """Two maps beside each other: the version in use and this one, with what differs marked."""
    one, now = get_object_or_404(VersiBatas, pk=pk), queries.active_versi()
    if now is None or now == one:
        return redirect("batas:versi", one.pk)
    tingkat_list = queries_batas.shared_tingkat(one, now)
    if not tingkat_list:
        raise Http404("tidak ada tingkat yang sama")
    tingkat = request.GET.get("tingkat") or tingkat_list[0]
    if tingkat not in tingkat_list:
        raise Http404("tingkat tidak ada di kedua versi")
    beda = queries_batas.beda_list(one.pk, now.pk, tingkat)
    wilayah = {w.kode: w for w in Wilayah.objects.filter(tingkat=tingkat).select_related("induk")}
    changed = [b for b in beda if b.jenis != queries_batas.SAMA]
    shown = changed if request.GET.get("semua") else changed[:CHANGES_SHOWN]
    context = {
        "versi": one,
        "aktif": now,
        "tingkat": tingkat,
        "tingkat_list": [(t, LEVEL_NAMES[t].capitalize()) for t in tingkat_list],
        "jumlah_list": [
            {"jenis": jenis, "kata": kata, "n": sum(b.jenis == jenis for b in beda)}
            for jenis, kata in queries_batas.WORDS.items()
        ],
        "beda_list": [
            {
                "wilayah": wilayah[b.kode],
                "beda": b,
                "luas": area(b.luas) if b.luas else "tanpa batas",
                "luas_lama": area(b.luas_lama) if b.luas_lama else "tanpa batas",
                "perubahan": _signed(b.perubahan),
            }
            for b in shown
        ],
        "lain": len(changed) - len(shown),
        "semua": len(changed),
        "config": {
            "kiri": reverse("spatial:peta-batas", args=[now.pk, tingkat]),
            "kanan": reverse("spatial:peta-batas", args=[one.pk, tingkat]),
            "kotak": queries.box_of([w.kode for w in Wilayah.objects.filter(tingkat="provinsi")], one),
            "beda": {
                b.kode: [
                    b.jenis,
                    wilayah[b.kode].nama_lengkap,
                    area(b.luas_lama) if b.luas_lama else "tanpa batas",
                    area(b.luas) if b.luas else "tanpa batas",
                ]
                for b in beda
            },
            "kata": queries_batas.WORDS,
        },
    }
    return render(request, "sentral/batas_bandingkan.html", context)


def _signed(share: float | None) -> str:
    if share is None:
        return "–"
    return f"{'+' if share > 0 else '−'}{percent(abs(share))}"


@login_required
@require_http_methods(["GET", "POST"])
@requires(may_manage_batas)
def pakai(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask with the consequences, then put the version to use; back to an earlier one goes the same way."""
    one, now = get_object_or_404(VersiBatas, pk=pk), queries.active_versi()
    if one == now:
        return redirect("batas:versi", one.pk)
    if request.method == "POST":
        seen = request.POST.get("menggantikan", "")
        try:
            actions.use(
                versi=one,
                instead_of=int(seen) if seen.isascii() and seen.isdigit() else None,
                by=request.user,
                alamat=address_of(request),
            )
        except VersiBerubah as change:
            messages.error(request, str(change))
            return redirect("batas:list")
        messages.success(request, f"{one.nama} sekarang dipakai di semua peta.")
        return redirect("batas:versi", one.pk)
    return render(
        request,
        "sentral/batas_pakai.html",
        {"versi": one, "aktif": now, "akibat_list": _consequences(one, now)},
    )


def _consequences(one: VersiBatas, now: VersiBatas | None) -> list[dict[str, str]]:
    seluruh = Wilayah.objects.villages().count()
    tanpa = queries.villages_without_batas(one).count()
    told = [{"label": "Desa/kelurahan bergambar", "nilai": f"{angka(seluruh - tanpa)} dari {angka(seluruh)}"}]
    if tanpa:
        told.append({"label": "Desa tanpa batas, tetap ada di tabel", "nilai": angka(tanpa)})
    if now:
        told.append({"label": "Berhenti dipakai, tetap tersimpan", "nilai": now.nama})
    for t in one.laporan.get("temuan", []):
        if t["kode"] == "tak_sah" and t["jumlah"]:
            told.append({"label": "Poligon dengan bentuk yang diperbaiki", "nilai": angka(t["jumlah"])})
    words = "ditulis lagi" if one.indikatif else "tidak ditulis lagi"
    if now and now.indikatif != one.indikatif:
        told.append({"label": "“Batas indikatif, bukan batas resmi” di peta", "nilai": words})
    return told


@login_required
@require_http_methods(["GET", "POST"])
@requires(may_manage_batas)
def hapus(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then delete a version that is not in use."""
    one = get_object_or_404(VersiBatas, pk=pk)
    if one.aktif and request.method == "GET":
        messages.error(request, "Versi ini sedang dipakai. Pakai versi lain dahulu, baru hapus yang ini.")
        return redirect("batas:versi", one.pk)
    if request.method == "POST":
        try:
            actions.delete(versi=one, by=request.user, alamat=address_of(request))
        except VersiBerubah as change:
            messages.error(request, str(change))
            return redirect("batas:versi", one.pk)
        messages.success(request, f"{one.nama} dihapus.")
        return redirect("batas:list")
    context = {
        "versi": one,
        "akibat_list": [{"label": "Batas wilayah yang dihapus", "nilai": angka(one.batas_list.count())}],
    }
    return render(request, "sentral/batas_hapus.html", context)
