"""The end of an extract: its agreement is over, so its rows go, and with them what people were shown of them.

Results stay: they say what was found, on which day, against which delivery, and hold nothing of the registry.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from access.jejak import record_jejak
from access.scope import as_matcher, as_system
from padan.models import Ekstrak, Kandidat, Penduduk
from padan.usul import OVER, forget_usul


def purge_overdue() -> int:
    """Purge every extract whose time is over; return how many. Safe to run twice, and at any time."""
    overdue = list(Ekstrak.objects.overdue().values_list("pk", flat=True))
    return sum(purge_ekstrak(ekstrak_id=pk, alasan="masa berlaku habis") for pk in overdue)


@transaction.atomic
def purge_ekstrak(*, ekstrak_id: int, alasan: str, by=None, alamat: str | None = None) -> bool:
    """Delete the rows of one extract and what candidates and proposals show of them; False when that was done before.

    Candidates nobody has decided are out of force: there is nothing to compare any more. Raises
    Ekstrak.DoesNotExist for one that is not loaded.
    """
    ekstrak = Ekstrak.objects.select_for_update().get(pk=ekstrak_id)
    if ekstrak.keadaan == Ekstrak.Keadaan.DIHAPUS:
        return False
    if ekstrak.keadaan != Ekstrak.Keadaan.SIAP:
        raise Ekstrak.DoesNotExist
    with as_system("padan: isi ekstrak dihapus"), as_matcher(f"padan: menghapus ekstrak {ekstrak.pk}"):
        rows, _ = Penduduk.objects.filter(ekstrak=ekstrak).delete()
        shown = Kandidat.objects.filter(pencocokan__ekstrak=ekstrak)
        emptied = shown.exclude(isi={}).update(isi={})
        shown.waiting().update(
            keadaan=Kandidat.Keadaan.GUGUR, catatan=OVER, dipegang_oleh=None, dipegang_sampai=None
        )
        forget_usul(ekstrak)
    ekstrak.keadaan, ekstrak.dihapus_pada = Ekstrak.Keadaan.DIHAPUS, timezone.now()
    ekstrak.save(update_fields=["keadaan", "dihapus_pada"])
    record_jejak(
        user=by,
        aksi="ekstrak",
        objek="ekstrak",
        objek_id=ekstrak.pk,
        wilayah_id=ekstrak.cakupan_id,
        alasan=f"isi dihapus: {alasan}"[:300],
        alamat=alamat,
        rincian={"baris": rows, "kandidat": emptied},
    )
    return True
