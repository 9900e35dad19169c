"""Writing the trail. Reading it is a page of sentral; changing it is nobody's."""

from __future__ import annotations

from typing import Any

from access.models import Jejak


def address_of(request) -> str | None:
    """The client's address. A proxy's word counts only when the server is told to trust it (gunicorn)."""
    return request.META.get("REMOTE_ADDR") or None


def record_jejak(
    *,
    user,
    aksi: str,
    objek: str = "",
    objek_id: Any = "",
    wilayah_id: str | None = None,
    alasan: str = "",
    alamat: str | None = None,
    rincian: dict[str, Any] | None = None,
) -> None:
    """Add one line to the trail, in the caller's transaction: no line, no read.

    `rincian` holds counts and ids only, never a NIK or a name.
    """
    Jejak.objects.bulk_create(
        [
            Jejak(
                pengguna_id=user.pk if user is not None else None,
                aksi=aksi,
                objek=objek,
                objek_id=str(objek_id),
                wilayah_id=wilayah_id,
                alasan=alasan,
                alamat=alamat,
                rincian=rincian or {},
            )
        ]
    )
