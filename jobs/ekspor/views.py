"""Pages of exports: one's own, one of them with its file, and the decision of a second person."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_GET, require_http_methods

from access.jejak import address_of
from access.rules import may_approve_export, may_export, requires
from jobs.ekspor import actions, kind_of, queries
from jobs.ekspor.forms import PutusanForm
from jobs.models import Ekspor

TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
    "gpkg": "application/geopackage+sqlite3",
}


def _own(request: HttpRequest, pk: int) -> Ekspor:
    rows = Ekspor.objects.owned_by(request.user).select_related("job", "pemilik", "penyetuju")
    return get_object_or_404(rows, pk=pk)


def _words(ekspor: Ekspor, names: dict[str, str] | None = None) -> dict[str, str]:
    """What it is and where, for a page. names: of the places of a whole list."""
    try:
        kind = kind_of(ekspor.jenis)
    except KeyError:
        return {
            "judul": f"Ekspor {ekspor.pk}",
            "isi": ekspor.jenis,
            "nomor": "",
            "tempat": queries.places(ekspor.cakupan, names),
        }
    return {
        "judul": f"Ekspor {ekspor.pk}: {kind.label.lower()}",
        "isi": f"{kind.label}, {kind.keterangan}",
        "nomor": kind.nomor,
        "tempat": queries.places(ekspor.cakupan, names),
    }


@login_required
@require_GET
def ekspor_list(request: HttpRequest) -> HttpResponse:
    """One's own exports, and above them those one has to decide."""
    mine, others = list(queries.exports_of(request.user)[:100]), list(queries.to_decide(request.user))
    names = queries.place_names(ekspor.cakupan for ekspor in mine + others)
    own = [(ekspor, _words(ekspor, names)) for ekspor in mine]
    waiting = [(ekspor, _words(ekspor, names)) for ekspor in others]
    context = {"ekspor_list": own, "putusan_list": waiting, "boleh_ekspor": may_export(request.user)}
    return render(request, "jobs/ekspor_list.html", context)


@login_required
@require_GET
def ekspor(request: HttpRequest, pk: int) -> HttpResponse:
    """How one of one's own exports stands, and its file once it is there."""
    one = _own(request, pk)
    context = {
        "ekspor": one,
        **_words(one),
        "berakhir_tanpa": queries.ended_without(one),
        "bisa_diunduh": _ready(one) and queries.still_may(request.user, one),
        "siap": _ready(one),
        "penyetuju_list": queries.deciders(one) if one.keadaan == Ekspor.Keadaan.MENUNGGU_SETUJU else [],
    }
    return render(request, "jobs/ekspor.html", context)


def _ready(one: Ekspor) -> bool:
    return one.keadaan == Ekspor.Keadaan.SIAP and bool(one.kedaluwarsa and one.kedaluwarsa > timezone.now())


@login_required
@require_GET
def ekspor_unduh(request: HttpRequest, pk: int) -> FileResponse | HttpResponse:
    """The file, for its owner while his penugasan give him all of it. Each download leaves a Jejak."""
    one = _own(request, pk)
    if not queries.still_may(request.user, one):
        raise Http404
    file = actions.open_ekspor(ekspor=one, by=request.user, alamat=address_of(request))
    if file is None:
        return redirect(one)
    kind = kind_of(one.jenis)
    suffix = kind.files[one.bentuk].suffix
    whom = f"-{slugify(one.pemilik.username)}" if kind.bernama else ""
    name = f"{kind.awalan}-{timezone.localtime(one.dibuat):%Y-%m-%d}-ekspor-{one.pk}{whom}.{suffix}"
    response = FileResponse(file, as_attachment=True, filename=name, content_type=TYPES[suffix])
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@login_required
@require_http_methods(["GET", "POST"])
def ekspor_tarik(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask first, then take back a request nobody has decided yet."""
    one = _own(request, pk)
    if request.method == "POST" or one.keadaan != Ekspor.Keadaan.MENUNGGU_SETUJU:
        actions.withdraw_ekspor(ekspor_id=one.pk, by=request.user)
        return redirect(one)
    return render(request, "jobs/ekspor_tarik.html", {"ekspor": one, **_words(one)})


@login_required
@require_http_methods(["GET", "POST"])
@requires(may_approve_export)
def ekspor_putusan(request: HttpRequest, pk: int) -> HttpResponse:
    """Who asks for what and why, without a row of it; and yes or no. Anybody else's wilayah is a 404."""
    one = get_object_or_404(Ekspor.objects.select_related("pemilik", "penyetuju"), pk=pk)
    if not one.perlu_setuju or not queries.may_decide(request.user, one):
        raise Http404
    form = PutusanForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            decided = actions.decide_ekspor(
                ekspor_id=one.pk,
                by=request.user,
                setuju=form.cleaned_data["putusan"] == "setuju",
                alasan=form.cleaned_data["alasan"],
                alamat=address_of(request),
            )
        except actions.EksporRefused as refusal:
            messages.error(request, str(refusal))
        else:
            verdict = "ditolak" if decided.keadaan == Ekspor.Keadaan.DITOLAK else "disetujui"
            messages.success(
                request, f"Ekspor {decided.pk} {verdict}. {decided.pemilik} melihatnya di kotak kerjanya."
            )
        return redirect("jobs:ekspor_list")
    context = {
        "ekspor": one,
        **_words(one),
        "penugasan": queries.posts_of(one.pemilik),
        "terbuka": queries.is_open(one),
        "form": form,
    }
    return render(request, "jobs/ekspor_putusan.html", context, status=422 if form.errors else 200)
