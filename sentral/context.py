"""What the frame of every page knows: the rooms this user may enter, his penugasan, where he is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property

from access.models import Penugasan, Peran
from access.rules import (
    may_count,
    may_import,
    may_manage_batas,
    may_open_padan,
    may_see_akun,
    may_see_health,
    may_see_jejak,
    may_see_names,
)
from access.scope import penugasan_of
from spatial.models import Wilayah

# Pages of a room that stand at an address of their own.
ALSO_BELOW = {"/pekerjaan/": ("/ekspor/",), "/keluarga/": ("/sumber/",)}


@dataclass(frozen=True)
class Room:
    """One entry of the white bar. `kini` is "page" on its own page, "true" below it, "" elsewhere."""

    label: str
    url: str
    kini: str


class Navigation:
    """Read by templates/base.html; every property is worked out when it is first asked for."""

    def __init__(self, request: HttpRequest):
        self.request = request
        self.user: Any = getattr(request, "user", None) or AnonymousUser()

    @property
    def masuk(self) -> bool:
        return self.user.is_authenticated

    @cached_property
    def ruang(self) -> list[Room]:
        """The rooms in their order on the bar."""
        if not self.masuk:
            return []
        user = self.user
        admin = user.is_staff or any(p.peran == Peran.ADMIN for p in penugasan_of(user))
        named = (
            ("Beranda", "beranda", True),
            ("Keluarga", "kpm:keluarga_list", may_see_names(user)),
            ("Peta", "spatial:peta", may_count(user)),
            ("Impor", "kpm:impor_list", may_import(user)),
            ("Padan", "padan:home", may_open_padan(user)),
            ("Pekerjaan", "jobs:inbox", may_see_names(user)),
            ("Akun", "akun:daftar", may_see_akun(user)),
            ("Jejak", "jejak", may_see_jejak(user)),
            ("Admin", "admin:index", admin),
        )
        return [self._room(label, reverse(name)) for label, name, allowed in named if allowed]

    def _room(self, label: str, url: str) -> Room:
        path = self.request.path
        if path == url:
            return Room(label, url, "page")
        below = url != "/" and path.startswith((url, *ALSO_BELOW.get(url, ())))
        return Room(label, url, "true" if below else "")

    @property
    def ada_surel(self) -> bool:
        """True when SENTRAL can send mail, so a new password may come that way."""
        return bool(settings.MAIL_URL)

    @cached_property
    def boleh_cari(self) -> bool:
        """True when the search for a person stands in the bar."""
        return self.masuk and may_see_names(self.user)

    @cached_property
    def boleh_sehat(self) -> bool:
        """True when the way to the health page stands beside the jobs."""
        return self.masuk and may_see_health(self.user)

    @cached_property
    def boleh_batas(self) -> bool:
        """True when the map page links to the versions of boundaries."""
        return self.masuk and may_manage_batas(self.user)

    @cached_property
    def penugasan_list(self) -> list[Penugasan]:
        """All penugasan in force, whichever is chosen."""
        if not self.masuk:
            return []
        penugasan_of(self.user)
        return self.user.penugasan_in_force or []

    @cached_property
    def penugasan(self) -> Penugasan | None:
        """The one that counts now; None when several count together."""
        in_force = penugasan_of(self.user)
        return in_force[0] if len(in_force) == 1 else None

    @cached_property
    def dipilih(self) -> int | None:
        """The penugasan chosen in the switcher, if it is still in force."""
        chosen = getattr(self.user, "penugasan_dipilih", None)
        return chosen if any(p.pk == chosen for p in self.penugasan_list) else None

    @cached_property
    def di_mana(self) -> str:
        """The words on the switcher: what every page counts now."""
        in_force = penugasan_of(self.user)
        names = sorted({_place(p.wilayah) for p in in_force})
        if not names:
            return "Belum ada penugasan"
        return names[0] if len(names) == 1 else f"{len(names)} wilayah"


def _place(wilayah: Wilayah) -> str:
    return "Provinsi" if wilayah.tingkat == Wilayah.Tingkat.PROVINSI else wilayah.nama_lengkap


def navigation(request: HttpRequest) -> dict[str, Navigation]:
    """Context processor: `navigasi` on every page."""
    return {"navigasi": Navigation(request)}
