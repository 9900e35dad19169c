"""Opening one keluarga: found through the gate, its anggota in their order, its little map, and the line of the trail.

Every page that names the people of a keluarga begins here.
"""

from __future__ import annotations

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from access.jejak import address_of, record_jejak
from kpm.isian import Refused
from kpm.models import Anggota, Keluarga
from spatial.models import Wilayah
from spatial.queries import active_versi


def find_keluarga(user, pk: int) -> tuple[Keluarga, list[Anggota]]:
    """The keluarga and its anggota: the head first, who is no longer a member last; a 404 where there is none."""
    rows = Keluarga.objects.visible_to(user).select_related("wilayah__induk__induk", "sumber")
    keluarga = get_object_or_404(rows, pk=pk)
    anggota = Anggota.objects.visible_to(user).filter(keluarga=keluarga)
    return keluarga, list(anggota.order_by("status", "-kepala", "tanggal_lahir", "pk"))


def record_opening(
    request: HttpRequest, keluarga: Keluarga, anggota_list: list[Anggota], *, untuk: str = ""
) -> None:
    """The line that names everybody on the page. untuk: "buka" for the form that asks which numbers to show."""
    record_jejak(
        user=request.user,
        aksi="lihat_orang",
        objek="keluarga",
        objek_id=keluarga.pk,
        wilayah_id=keluarga.wilayah_id,
        alamat=address_of(request),
        rincian={"anggota": len(anggota_list)} | ({"untuk": untuk} if untuk else {}),
        isi={"keluarga": [keluarga.pk], "anggota": [anggota.pk for anggota in anggota_list]},
    )


def record_elsewhere(request: HttpRequest, refusal: Refused) -> None:
    """The line for who was told that a number is recorded out of his sight: he knows something of somebody now."""
    if found := refusal.di_luar:
        record_jejak(
            user=request.user,
            aksi="cari",
            objek=found.objek,
            objek_id=found.pk,
            wilayah_id=found.wilayah,
            alamat=address_of(request),
            rincian={"menurut": "nomor", "di_luar": True},
            isi={"keluarga": [found.keluarga]},
        )


def pin_of(keluarga: Keluarga) -> dict | None:
    """What the little map needs, or None without boundaries. Their address holds no person."""
    versi = active_versi()
    if versi is None:
        return None
    return {
        "lng": round(keluarga.titik.x, 6) if keluarga.titik else None,
        "lat": round(keluarga.titik.y, 6) if keluarga.titik else None,
        "akurasi": keluarga.titik_akurasi_m,
        "desa": keluarga.wilayah_id or "",
        "batas": reverse("spatial:peta-batas", args=[versi.pk, Wilayah.Tingkat.DESA_KELURAHAN]),
        "indikatif": versi.indikatif,
    }
