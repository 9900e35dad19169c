"""Writing the trail, and the counts that go with it. Reading it is a page of sentral; changing it is nobody's."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from access.models import Jejak, JejakIsi, User, Volume
from access.volume import count_volume

KIND_OF_VOLUME = {
    Jejak.Aksi.LIHAT_ORANG: Volume.Jenis.LIHAT,
    Jejak.Aksi.LIHAT_DAFTAR: Volume.Jenis.DAFTAR,
    Jejak.Aksi.BUKA: Volume.Jenis.BUKA,
}
LONGEST_SEBAGAI = 200


def address_of(request) -> str | None:
    """The client's address. A proxy's word counts only when the server is told to trust it (gunicorn)."""
    return request.META.get("REMOTE_ADDR") or None


@dataclass(frozen=True)
class Line:
    """One line to be written. `isi` names the rows it shows, by kind: {"keluarga": [7], "anggota": [21, 22]}.

    `rincian` holds counts and ids only, never a NIK or a name.
    """

    aksi: str
    objek: str = ""
    objek_id: Any = ""
    wilayah_id: str | None = None
    alasan: str = ""
    rincian: Mapping[str, Any] = field(default_factory=dict)
    isi: Mapping[str, Sequence[int]] = field(default_factory=dict)
    pk: uuid.UUID | None = None

    @property
    def volume(self) -> int:
        """How many persons this line shows; one row at least."""
        return len(self.isi.get("anggota", ())) or max(map(len, self.isi.values()), default=0) or 1


def record_jejak(
    *,
    user,
    aksi: str,
    objek: str = "",
    objek_id: Any = "",
    wilayah_id: str | None = None,
    alasan: str = "",
    alamat: str | None = None,
    rincian: Mapping[str, Any] | None = None,
    isi: Mapping[str, Sequence[int]] | None = None,
) -> None:
    """Add one line to the trail, in the caller's transaction: no line, no read."""
    line = Line(aksi, objek, objek_id, wilayah_id, alasan, rincian or {}, isi or {})
    record_lines(user=user, lines=[line], alamat=alamat)


@transaction.atomic
def record_lines(*, user, lines: Sequence[Line], alamat: str | None = None) -> None:
    """Add several lines of one user at once, and count what they show. Raises IntegrityError for a pk used before."""
    sebagai, waktu = penugasan_words(user), timezone.now()  # one moment for one act
    rows = [
        Jejak(
            id=line.pk or uuid.uuid4(),
            waktu=waktu,
            pengguna_id=user.pk if user is not None else None,
            sebagai=sebagai,
            aksi=line.aksi,
            objek=line.objek,
            objek_id=str(line.objek_id),
            wilayah_id=line.wilayah_id,
            alasan=line.alasan,
            alamat=alamat,
            rincian=dict(line.rincian),
        )
        for line in lines
    ]
    Jejak.objects.bulk_create(rows)
    JejakIsi.objects.bulk_create(
        JejakIsi(jejak=row, objek=objek, ids=sorted(set(ids)))
        for row, line in zip(rows, lines, strict=True)
        for objek, ids in line.isi.items()
        if ids
    )
    if user is not None:
        shown: Counter[str] = Counter()
        for line in lines:
            if line.aksi in KIND_OF_VOLUME:
                shown[KIND_OF_VOLUME[Jejak.Aksi(line.aksi)]] += line.volume
        for jenis, banyak in shown.items():
            count_volume(user=user, jenis=jenis, banyak=banyak)


def penugasan_words(user) -> str:
    """What a user was when the line was written: "tksk:190301,psm:1903012008"; "" for the system.

    Nothing is remembered on the user: a line may be written before his penugasan is.
    """
    if not isinstance(user, User):
        return ""
    in_force = user.penugasan_in_force
    if in_force is None:
        in_force = list(user.penugasan_list.in_force().order_by("wilayah_id", "peran"))
    counting = [p for p in in_force if p.pk == user.penugasan_dipilih] or in_force
    words = ""
    for penugasan in counting:
        longer = f"{words},{penugasan.peran}:{penugasan.wilayah_id}".lstrip(",")
        if len(longer) > LONGEST_SEBAGAI:
            break
        words = longer
    return words
