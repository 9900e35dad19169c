"""Who may do what, in one page. Where he may do it is scope.py's question.

A peran gives rights only while its penugasan is in force; the switcher in the bar may narrow a user
with several penugasan to one of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce, wraps
from operator import or_

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.utils import timezone

from access.models import Penugasan, Peran, User
from access.scope import NAMES, READS_JEJAK, below, penugasan_of
from spatial.models import Wilayah

DESA, KECAMATAN = Wilayah.Tingkat.DESA_KELURAHAN, Wilayah.Tingkat.KECAMATAN
# The level of the wilayah that a peran is held in.
TINGKAT_PERAN: dict[str, str] = {
    Peran.PSM: DESA,
    Peran.OPERATOR_DESA: DESA,
    Peran.TKSK: KECAMATAN,
    Peran.DINSOS_KAB: Wilayah.Tingkat.KABUPATEN_KOTA,
    Peran.DINSOS_PROV: Wilayah.Tingkat.PROVINSI,
    Peran.ADMIN: Wilayah.Tingkat.PROVINSI,
    Peran.DUKCAPIL: Wilayah.Tingkat.PROVINSI,
    Peran.PIMPINAN: Wilayah.Tingkat.PROVINSI,
    Peran.AUDITOR: Wilayah.Tingkat.PROVINSI,
}
# The admin site may also narrow these to one kabupaten.
ALSO_OF_A_KABUPATEN = frozenset({Peran.ADMIN, Peran.PIMPINAN})
IN_THE_VILLAGE = frozenset({Peran.PSM, Peran.OPERATOR_DESA})
BELOW_KABUPATEN = IN_THE_VILLAGE | {Peran.TKSK}
BELOW_PROVINSI = BELOW_KABUPATEN | {Peran.DINSOS_KAB}
# Who may give and end which peran, within his own wilayah. Nobody gives what sees more than he does.
GIVES: dict[str, frozenset] = {
    Peran.DINSOS_KAB: BELOW_KABUPATEN,
    Peran.DINSOS_PROV: BELOW_PROVINSI,
    Peran.ADMIN: frozenset(Peran),
}
# Whose password he may replace, again within his own wilayah.
RESETS: dict[str, frozenset] = {
    Peran.TKSK: IN_THE_VILLAGE,
    Peran.DINSOS_KAB: BELOW_KABUPATEN,
    Peran.DINSOS_PROV: BELOW_PROVINSI,
    Peran.ADMIN: frozenset(Peran) - {Peran.ADMIN},
}
# Whose second factor he may take off when the phone is lost, within his own wilayah.
REMOVES_FACTOR: dict[str, frozenset] = {
    Peran.DINSOS_PROV: BELOW_PROVINSI,
    Peran.ADMIN: frozenset(Peran),
}

COUNTS_ONLY = {Peran.PIMPINAN, Peran.DUKCAPIL}
IMPORT = {Peran.DINSOS_KAB, Peran.DINSOS_PROV, Peran.ADMIN}
# The admin keeps accounts and reads the trail: whoever watches over reveals does not make them. PSM and
# operator desa meet the person, who holds the card (decision 0012).
REVEAL = {Peran.TKSK, Peran.DINSOS_KAB, Peran.DINSOS_PROV}
# Illness, disability, pregnancy, private accounts: specific data of UU PDP, for those who decide about help. PSM and
# operator desa are neighbours of the people, the admin keeps accounts (decision 0024).
KHUSUS = {Peran.TKSK, Peran.DINSOS_KAB, Peran.DINSOS_PROV}


@dataclass(frozen=True)
class Rule:
    """A right: the peran that have it, and the sentence a user without it reads."""

    peran: frozenset
    sentence: str

    def __call__(self, user) -> bool:
        return any(penugasan.peran in self.peran for penugasan in penugasan_of(user))

    def kode(self, user) -> tuple[str, ...]:
        """The codes of the wilayah in which the user has this right."""
        return tuple(sorted({p.wilayah_id for p in penugasan_of(user) if p.peran in self.peran}))

    def within(self, user, kode_path: str = "wilayah_id") -> Q:
        """The condition "lies where the user has this right": TKSK here and PSM there is a right here only."""
        places = [p.wilayah for p in penugasan_of(user) if p.peran in self.peran]
        if any(wilayah.tingkat == Wilayah.Tingkat.PROVINSI for wilayah in places):
            return Q()
        return reduce(or_, (below(kode_path, wilayah.kode) for wilayah in places), Q(pk__in=[]))

    def covers(self, user, kode: str | None) -> bool:
        """True when the user has this right in the wilayah `kode`; None is a row without one."""
        places = [p.wilayah for p in penugasan_of(user) if p.peran in self.peran]
        return any(
            wilayah.tingkat == Wilayah.Tingkat.PROVINSI or (kode or "").startswith(wilayah.kode)
            for wilayah in places
        )


may_see_names = Rule(
    NAMES,
    "Peran Anda melihat jumlah, bukan nama. Hak melihat nama diberikan oleh admin Dinsos provinsi.",
)
may_import = Rule(
    frozenset(IMPORT),
    "Impor dikerjakan Dinsos kabupaten/kota dan provinsi. Haknya diberikan oleh admin Dinsos provinsi.",
)
# The offices answer for the register. Whoever is in the field proposes a change in verval (decision 0025).
may_edit = Rule(
    frozenset({Peran.DINSOS_KAB, Peran.DINSOS_PROV}),
    "Data keluarga diubah Dinsos kabupaten/kota dan provinsi. Sampaikan perubahannya kepada mereka.",
)
may_export = Rule(
    NAMES - {Peran.PSM},
    "Mengunduh daftar nama dikerjakan operator desa, TKSK dan Dinsos. Mintalah kepada mereka bila Anda memerlukannya.",
)
may_exchange = Rule(
    frozenset({Peran.DINSOS_KAB, Peran.DINSOS_PROV}),
    "Berkas tukar dengan NIK lengkap dibuat Dinsos kabupaten/kota dan provinsi. Mintalah kepada mereka bila perlu.",
)
may_approve_export = Rule(
    frozenset({Peran.DINSOS_KAB, Peran.DINSOS_PROV, Peran.ADMIN}),
    "Ekspor disetujui Dinsos kabupaten/kota dan provinsi. Haknya diberikan oleh admin Dinsos provinsi.",
)
may_see_jejak = Rule(
    READS_JEJAK,
    "Jejak dibaca auditor dan admin. Haknya diberikan oleh admin Dinsos provinsi.",
)
may_manage_akun = Rule(
    frozenset(GIVES),
    "Akun dibuat dan diakhiri Dinsos kabupaten/kota dan provinsi. Haknya diberikan oleh admin Dinsos provinsi.",
)
may_reset_sandi = Rule(
    frozenset(RESETS),
    "Kata sandi baru dibuat TKSK dan Dinsos untuk petugas di wilayahnya.",
)
may_see_akun = Rule(
    frozenset(RESETS) | {Peran.AUDITOR},
    "Daftar akun dibaca TKSK, Dinsos dan auditor. Haknya diberikan oleh admin Dinsos provinsi.",
)
may_see_health = Rule(
    frozenset({Peran.ADMIN}),
    "Kesehatan SENTRAL dibaca admin Dinsos provinsi.",
)
may_reveal = Rule(
    frozenset(REVEAL),
    "NIK dan No. KK lengkap dibuka TKSK dan Dinsos, dengan alasan. Mintalah mereka mencocokkannya untuk Anda.",
)
may_see_khusus = Rule(
    frozenset(KHUSUS),
    "Jawaban tentang kesehatan dan keuangan pribadi dilihat TKSK dan Dinsos.",
)
may_see_trail = Rule(
    frozenset(READS_JEJAK | {Peran.DINSOS_PROV}),
    "Jejak satu keluarga dibaca auditor, admin dan Dinsos provinsi. Warga boleh memintanya kepada Dinsos provinsi.",
)
may_answer_trail = Rule(
    frozenset({Peran.DINSOS_PROV}),
    "Surat jawaban kepada warga dibuat Dinsos provinsi.",
)
may_manage_batas = Rule(
    frozenset({Peran.DINSOS_PROV, Peran.ADMIN}),
    "Batas wilayah diatur Dinsos provinsi. Haknya diberikan oleh admin Dinsos provinsi.",
)
may_deliver_ekstrak = Rule(
    frozenset({Peran.DUKCAPIL, Peran.DINSOS_PROV, Peran.ADMIN}),
    "Ekstrak kependudukan diserahkan petugas Dukcapil dan Dinsos provinsi.",
)
may_match = Rule(
    frozenset({Peran.DINSOS_PROV}),
    "Pencocokan dengan data Dukcapil dijalankan Dinsos provinsi.",
)
may_decide_padan = Rule(
    frozenset({Peran.TKSK, Peran.DINSOS_KAB, Peran.DINSOS_PROV}),
    "Hasil padan yang meragukan diputuskan TKSK dan Dinsos.",
)
may_open_padan = Rule(
    NAMES | {Peran.DUKCAPIL},
    "Halaman padan dibuka petugas Dinsos dan Dukcapil.",
)
may_see_padan = Rule(
    NAMES,
    "Hasil padan per orang dilihat petugas di wilayahnya. Haknya diberikan oleh admin Dinsos provinsi.",
)
# Dukcapil reads what became of its own extract, in numbers.
may_see_jalan = Rule(
    NAMES | {Peran.DUKCAPIL},
    "Hasil pencocokan dilihat petugas di wilayahnya dan Dukcapil. Haknya diberikan oleh admin Dinsos provinsi.",
)
may_count = Rule(
    frozenset(NAMES | COUNTS_ONLY),
    "Tidak ada penugasan Anda yang berlaku untuk melihat angka wilayah. Mintalah kepada TKSK atau Dinsos Anda.",
)


may_remove_factor = Rule(
    frozenset(REMOVES_FACTOR),
    "Langkah kedua orang lain dilepas oleh Dinsos provinsi atau admin. Hubungi mereka.",
)


def only_counts(user) -> bool:
    """True for a user who reads rekap tables and no person: pimpinan, Dukcapil."""
    return may_count(user) and not may_see_names(user)


def akun_area(user) -> tuple[str, ...]:
    """Codes of the wilayah whose accounts this user may see."""
    return tuple(sorted({p.wilayah_id for p in penugasan_of(user) if p.peran in may_see_akun.peran}))


def why_not_there(peran: str, wilayah: Wilayah) -> str:
    """A sentence when this peran is not held in a wilayah of this level; "" when it is."""
    own, here = TINGKAT_PERAN[peran], wilayah.tingkat
    if own == here or (peran in ALSO_OF_A_KABUPATEN and here == Wilayah.Tingkat.KABUPATEN_KOTA):
        return ""
    level = Wilayah.Tingkat(own).label.lower()
    return f"{Peran(peran).label} tidak bertugas di {wilayah.nama_lengkap}. Pilih {level}."


def may_give(user, peran: str, kode: str) -> bool:
    """True when `user` may give or end this peran in the wilayah `kode`."""
    return _reaches(user, GIVES, peran, kode)


def may_give_any(user) -> list[Peran]:
    """The peran that `user` may give somewhere, as the office lists them."""
    given = frozenset().union(*(GIVES.get(p.peran, frozenset()) for p in penugasan_of(user)))
    return [peran for peran in Peran if peran in given]


def may_add_to(user, person: User, not_over: list[Penugasan]) -> bool:
    """True when `user` may give this person a further penugasan: all he has is the user's to give.

    `not_over`: the person's penugasan that are in force or will be. Of who has none, what he had last
    counts; who never had one gets his first from an admin. Otherwise giving one, and a new password
    after it, would be a way to take over the account of another kabupaten's former officer.
    """
    known = not_over or _last_of(person)
    return (bool(known) or _is_admin(user)) and _is_below(user, GIVES, person, known)


def _last_of(person: User) -> list[Penugasan]:
    """What ended last of somebody's penugasan: several when they ended on one day."""
    ended = [
        (min(d for d in (p.selesai, _day(p.diakhiri)) if d), p)
        for p in person.penugasan_list.all()
        if p.is_over
    ]
    last = max((day for day, _ in ended), default=None)
    return [penugasan for day, penugasan in ended if day == last]


def _day(moment: datetime | None) -> date | None:
    return timezone.localtime(moment).date() if moment else None


def may_reset_sandi_of(user, person: User, not_over: list[Penugasan]) -> bool:
    """True when `user` may make a new password for this person.

    Not for himself, not for who has anything outside the user's wilayah or a wider peran, and not for
    who has no penugasan at all: a password opens nothing for him.
    """
    return bool(not_over) and person.is_active and _is_below(user, RESETS, person, not_over)


def may_remove_factor_of(user, person: User, not_over: list[Penugasan]) -> bool:
    """True when `user` may take the second factor off this person; of who has no penugasan, only an admin."""
    return (bool(not_over) or _is_admin(user)) and _is_below(user, REMOVES_FACTOR, person, not_over)


def _is_below(user, reach: dict[str, frozenset], person: User, not_over: list[Penugasan]) -> bool:
    if person.pk == user.pk or ((person.is_superuser or person.is_staff) and not _is_admin(user)):
        return False
    # the admin site opens more than any peran: who takes over such an account must have as much
    if (person.is_superuser and not user.is_superuser) or (person.is_staff and not user.is_staff):
        return False
    return all(_reaches(user, reach, p.peran, p.wilayah_id) for p in not_over)


def _reaches(user, reach: dict[str, frozenset], peran: str, kode: str) -> bool:
    return any(
        peran in reach.get(own.peran, ()) and kode.startswith(own.wilayah_id) for own in penugasan_of(user)
    )


def _is_admin(user) -> bool:
    return any(own.peran == Peran.ADMIN for own in penugasan_of(user))


def requires(rule: Rule) -> Callable:
    """Decorate a view: without the right the answer is a 403 page saying who can give it."""

    def decorate(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if not rule(request.user):
                raise PermissionDenied(rule.sentence)
            return view(request, *args, **kwargs)

        return guarded

    return decorate
