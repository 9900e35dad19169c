"""The button "Unduh" of the list: what will be in the file, for what, as which file."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from access.rules import may_export, requires
from jobs.ekspor import Size, Wish
from jobs.ekspor import queries as ekspor_queries
from jobs.ekspor.actions import EksporRefused, request_ekspor
from jobs.ekspor.forms import EksporForm
from jobs.models import Ekspor
from kpm import ekspor
from kpm.filters import Filter

KINDS = (ekspor.KELUARGA, ekspor.ANGGOTA)


@login_required
@requires(may_export)
@require_http_methods(["GET", "HEAD", "POST"])
def unduh(request: HttpRequest) -> HttpResponse:
    """Ask what is wanted of the list as it stands in the address, then start it or let it wait.

    Words of a search come out of the session by their token, as the list does it.
    """
    token = request.GET.get("cari", "")
    kata = request.session.get("cari", {}).get(token, "")
    back = Filter.read(request.GET, kata).url(reverse("kpm:keluarga_list"), {"cari": token if kata else ""})
    if token and not kata:
        return redirect(back)  # the list says that the search is gone; without it this would be another file
    asked = Filter.read(request.GET, kata)
    cakupan = ekspor_queries.overlap(asked.wilayah, may_export.kode(request.user))
    wish = Wish(ekspor.isi_of(asked), ekspor_queries.limits(cakupan))
    sizes = {kind: kind.count(request.user, wish) if cakupan else Size(0, 0) for kind in KINDS}
    form = EksporForm(sizes, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            one = request_ekspor(
                pemilik=request.user,
                isi=wish.isi if isinstance(wish.isi, dict) else dict(wish.isi),
                wilayah=asked.wilayah,
                saringan=ekspor.words(asked),
                **form.cleaned_data,
            )
        except EksporRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(one.job if one.keadaan == Ekspor.Keadaan.DIBUAT and one.job else one)
    orang = sizes[ekspor.ANGGOTA].orang
    context = {
        "form": form,
        "saringan": ekspor.words(asked),
        "kata": kata,
        "tempat": ekspor_queries.places(cakupan),
        "keluarga": sizes[ekspor.KELUARGA].baris,
        "orang": orang,
        "batas": settings.EKSPOR_TANPA_SETUJU,
        "hari": settings.EKSPOR_HARI,
        "hari_ini": ekspor_queries.unseen_today(request.user),
        "perlu_setuju": ekspor_queries.needs_second(request.user, orang),
        "kolom_list": [(kind.label, [k.judul for k in kind.kolom(request.user)]) for kind in KINDS],
        "kembali": back,
    }
    return render(request, "kpm/unduh.html", context, status=422 if form.errors else 200)
