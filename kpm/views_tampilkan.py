"""NIK and No. KK of one keluarga in full, for who may, with a reason (access/reveal.py)."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from access.jejak import address_of, record_jejak
from access.masking import mask_nik
from access.reveal import Secret
from access.rules import may_reveal, requires
from access.views import answer_reveal
from kpm.models import Anggota, Keluarga
from kpm.templatetags.kpm_tags import nama_orang


@login_required
@requires(may_reveal)
@require_http_methods(["GET", "HEAD", "POST"])
def keluarga_tampilkan(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask which numbers and why, then show them once. The form names the anggota, so it leaves a Jejak as well."""
    try:
        keluarga = get_object_or_404(Keluarga.objects.visible_to(request.user), pk=pk)
    except OverflowError as error:
        raise Http404 from error
    if not may_reveal.covers(request.user, keluarga.wilayah_id):
        raise PermissionDenied(may_reveal.sentence)
    anggota_list = list(
        Anggota.objects.visible_to(request.user)
        .filter(keluarga=keluarga)
        .order_by("-kepala", "tanggal_lahir", "pk")
    )
    secret_list = _secrets(request.user, keluarga, anggota_list)
    objek = {"kk": "keluarga", "nik": "anggota"}.get(request.GET.get("pilih", ""))
    if request.method == "GET":
        _record(request, keluarga, anggota_list)
    answer = answer_reveal(
        request,
        secret_list,
        judul=f"keluarga {nama_orang(anggota_list[0].nama)}" if anggota_list else "keluarga ini",
        kembali=reverse("kpm:keluarga", args=[keluarga.pk]),
        chosen=[secret.kunci for secret in secret_list if secret.objek == objek],
    )
    if request.method == "POST" and answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY:
        _record(request, keluarga, anggota_list)
    return answer


def _record(request: HttpRequest, keluarga: Keluarga, anggota_list: list[Anggota]) -> None:
    """The line of a form that names the anggota. Numbers that are shown have lines of their own (reveal)."""
    record_jejak(
        user=request.user,
        aksi="lihat_orang",
        objek="keluarga",
        objek_id=keluarga.pk,
        wilayah_id=keluarga.wilayah_id,
        alamat=address_of(request),
        rincian={"anggota": len(anggota_list), "untuk": "buka"},
        isi={"keluarga": [keluarga.pk], "anggota": [anggota.pk for anggota in anggota_list]},
    )


def _secrets(user, keluarga: Keluarga, anggota_list: list[Anggota]) -> list[Secret]:
    """The No. KK and each anggota's NIK, where there is one."""
    found = []
    if keluarga.no_kk:
        rows = Keluarga.objects.visible_to(user)
        isi = {"keluarga": [keluarga.pk]}
        found.append(Secret("keluarga", keluarga.pk, rows, "no_kk", "No. KK", isi, mask_nik(keluarga.no_kk)))
    for anggota in anggota_list:
        if anggota.nik:
            rows = Anggota.objects.visible_to(user).filter(keluarga=keluarga)
            isi = {"keluarga": [keluarga.pk], "anggota": [anggota.pk]}
            judul = f"NIK {nama_orang(anggota.nama)}"
            found.append(Secret("anggota", anggota.pk, rows, "nik", judul, isi, mask_nik(anggota.nik)))
    return found
