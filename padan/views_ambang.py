"""The thresholds in force, and where the people of a run would fall under others. Nothing is saved here."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from access.rules import may_decide_padan, requires
from padan.models import Pencocokan
from padan.queries_ambang import Percobaan
from padan.queries_hasil import runs_seen_by

# key of settings.PADAN_AMBANG: its words, its unit, and what moves when it does
AMBANG = {
    "nama": ("Nama pada NIK yang sama", "%", "Sekurangnya semirip ini agar NIK dan orangnya disebut padan."),
    "kuat": ("Sangat mirip", "%", "Dari kemiripan ini satu orang disebut sebagai orang yang sama."),
    "calon": ("Mungkin sama", "%", "Dari kemiripan ini seseorang ditunjukkan sebagai calon."),
    "pribadi": (
        "Bukti dari orangnya sendiri",
        "bit",
        "Nama, tanggal lahir, jenis kelamin dan NIK; keluarga saja tidak cukup.",
    ),
    "jarak": ("Selisih dengan calon berikutnya", "bit", "Lebih kecil dari ini, petugas yang memutuskan."),
}
MOVED = ("calon", "kuat")


class AmbangForm(forms.Form):
    """Two thresholds to be tried, in percent."""

    calon = forms.IntegerField(label="Mungkin sama, mulai dari (%)", min_value=0, max_value=100)
    kuat = forms.IntegerField(label="Sangat mirip, mulai dari (%)", min_value=0, max_value=100)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "calon" in data and "kuat" in data and data["calon"] > data["kuat"]:
            raise forms.ValidationError(
                "“Mungkin sama” tidak boleh di atas “Sangat mirip”. Turunkan yang pertama, atau naikkan yang kedua."
            )
        return data


@login_required
@requires(may_decide_padan)
@require_safe
@never_cache
def ambang(request: HttpRequest) -> HttpResponse:
    """The thresholds in force and, on one run, how many would fall where under others."""
    run = _run(request)
    context: dict[str, Any] = {"jalan": run, "ambang_list": _in_force()}
    if run is None:
        return render(request, "padan/ambang.html", context)
    now = tuple(round(float(_of(run)[name]) * 100) for name in MOVED)
    tried = {name: request.GET.get(name, value) for name, value in zip(MOVED, now, strict=True)}
    form = AmbangForm(tried)
    chosen = tuple(form.cleaned_data[name] for name in MOVED) if form.is_valid() else now
    trial = Percobaan(request.user, run, (now[0], now[1]), (chosen[0], chosen[1]))
    lowest = trial.terendah
    context |= {
        "form": form,
        "percobaan": trial,
        "pita_list": trial.bands(),
        "sebaran": trial.spread(),
        "kini": dict(zip(MOVED, now, strict=True)),
        "terlalu_rendah": lowest is not None and chosen[0] < lowest,
        "banding_list": _differs(run),
    }
    return render(request, "padan/ambang.html", context, status=200 if form.is_valid() else 422)


def _run(request: HttpRequest) -> Pencocokan | None:
    """The run asked for, or the newest one that says something of this user's people. It holds no person itself."""
    runs = Pencocokan.objects.filter(keadaan=Pencocokan.Keadaan.SELESAI).select_related("ekstrak")
    asked = request.GET.get("jalan", "")
    if asked:
        return get_object_or_404(runs, pk=int(asked) if asked.isdecimal() and len(asked) < 19 else 0)
    return runs_seen_by(request.user).filter(terbaru=True).first()


def _of(run: Pencocokan) -> dict[str, float]:
    """The thresholds of a run; what it did not write down was as it is now."""
    return settings.PADAN_AMBANG | run.ambang


def _in_force() -> list[dict[str, str]]:
    return [
        {"nama": words, "nilai": _written(name, settings.PADAN_AMBANG[name]), "arti": meaning}
        for name, (words, _, meaning) in AMBANG.items()
    ]


def _differs(run: Pencocokan) -> list[str]:
    """Which thresholds this run had that are others now, in words."""
    return [
        f"{AMBANG[name][0]} {_written(name, value)}"
        for name, value in _of(run).items()
        if name in AMBANG and value != settings.PADAN_AMBANG[name]
    ]


def _written(name: str, value: float) -> str:
    unit = AMBANG[name][1]
    return f"{value * 100:.0f}\N{NO-BREAK SPACE}%" if unit == "%" else f"{value:g} {unit}".replace(".", ",")
