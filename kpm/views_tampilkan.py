"""NIK and No. KK of one keluarga in full, for who may, with a reason (access/reveal.py)."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from access.masking import mask_nik
from access.reveal import Secret
from access.rules import may_reveal, requires
from access.views import answer_reveal
from kpm.models import Anggota, Keluarga
from kpm.opening import find_keluarga, record_opening
from kpm.templatetags.kpm_tags import nama_orang


@login_required
@requires(may_reveal)
@require_http_methods(["GET", "HEAD", "POST"])
def keluarga_tampilkan(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask which numbers and why, then show them once. The form names the anggota, so it leaves a Jejak as well."""
    keluarga, anggota_list = find_keluarga(request.user, pk)
    if not may_reveal.covers(request.user, keluarga.wilayah_id):
        raise PermissionDenied(may_reveal.sentence)
    secret_list = _secrets(request.user, keluarga, anggota_list)
    objek = {"kk": "keluarga", "nik": "anggota"}.get(request.GET.get("pilih", ""))
    if request.method == "GET":
        record_opening(request, keluarga, anggota_list, untuk="buka")
    answer = answer_reveal(
        request,
        secret_list,
        judul=f"keluarga {nama_orang(anggota_list[0].nama)}" if anggota_list else "keluarga ini",
        kembali=reverse("kpm:keluarga", args=[keluarga.pk]),
        chosen=[secret.kunci for secret in secret_list if secret.objek == objek],
    )
    if request.method == "POST" and answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY:
        record_opening(request, keluarga, anggota_list, untuk="buka")
    return answer


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
