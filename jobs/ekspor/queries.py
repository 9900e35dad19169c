"""Who may decide an export, what it covers, and what waits for whom."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db.models import Q, QuerySet, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from access.models import Penugasan, User
from access.rules import may_approve_export
from jobs.ekspor import kind_of
from jobs.inbox import Line
from jobs.models import Ekspor, Job
from spatial.models import Wilayah

PROVINCE_DIGITS = 2
FEW = 8  # names written out before "dan … lagi"
KEPT_DAYS = 30  # how long an export stays on the page of its owner


def outermost(codes: Iterable[str]) -> tuple[str, ...]:
    """The codes without those that lie inside another of them."""
    found: list[str] = []
    for kode in sorted(set(codes)):
        if not found or not kode.startswith(found[-1]):
            found.append(kode)
    return tuple(found)


def overlap(asked: Iterable[str], reach: Iterable[str]) -> tuple[str, ...]:
    """What of `asked` lies within `reach`; nothing asked means all of it."""
    asked, reach = outermost(asked), outermost(reach)
    if not asked:
        return reach
    inner = [a for a in asked if any(a.startswith(r) for r in reach)]
    return outermost(inner + [r for r in reach if any(r.startswith(a) for a in asked)])


def limits(cakupan: Iterable[str]) -> tuple[str, ...]:
    """The codes that limit the rows: none for the whole province, whose rows may lack a wilayah."""
    codes = tuple(cakupan)
    return () if any(len(kode) == PROVINCE_DIGITS for kode in codes) else codes


def covers(reach: Iterable[str], cakupan: Iterable[str]) -> bool:
    """True when every wilayah of `cakupan` lies within `reach`."""
    reach = tuple(reach)
    return all(kode.startswith(reach) for kode in cakupan) if reach else False


def may_decide(user, ekspor: Ekspor) -> bool:
    """Somebody else than the owner, with the right over all its wilayah."""
    return ekspor.pemilik_id != user.pk and covers(may_approve_export.kode(user), ekspor.cakupan)


def still_may(user, ekspor: Ekspor) -> bool:
    """True while the owner's penugasan in force, chosen in the bar or not, give him all of it."""
    if not user.is_active:
        return False
    try:
        aturan = kind_of(ekspor.jenis).aturan
    except KeyError:
        return False  # a kind of an older release: nobody can say what its file holds
    posts = user.penugasan_list.in_force().filter(peran__in=aturan.peran)
    return covers(posts.values_list("wilayah_id", flat=True), ekspor.cakupan)


def unseen_today(user) -> int:
    """People in the user's exports of the last 24 hours that nobody else has looked at."""
    since = timezone.now() - timedelta(hours=24)
    made = Ekspor.objects.owned_by(user).filter(dibuat__gte=since, perlu_setuju=False)
    made = made.exclude(keadaan__in=[Ekspor.Keadaan.GAGAL, Ekspor.Keadaan.DITARIK])
    return made.aggregate(orang=Sum("orang"))["orang"] or 0


def needs_second(user, orang: int) -> bool:
    """True when this many people, with those taken out today already, need a second person's yes."""
    return unseen_today(user) + orang > settings.EKSPOR_TANPA_SETUJU


def to_decide(user) -> list[Ekspor]:
    """Exports that wait for this user's yes or no, the oldest first."""
    if not may_approve_export(user):
        return []
    waiting = (
        Ekspor.objects.filter(keadaan=Ekspor.Keadaan.MENUNGGU_SETUJU, batas_setuju__gt=timezone.now())
        .exclude(pemilik=user)
        .select_related("pemilik")
        .order_by("dibuat")
    )
    return [ekspor for ekspor in waiting if may_decide(user, ekspor)]


def deciders(ekspor: Ekspor) -> list[str]:
    """Names of those who can decide it, the nearest first."""
    posts = (
        Penugasan.objects.in_force()
        .filter(peran__in=may_approve_export.peran, user__is_active=True)
        .exclude(user=ekspor.pemilik_id)
        .select_related("user")
        .order_by("-wilayah_id", "user__nama")
    )
    reach: dict[User, list[str]] = {}
    for post in posts:
        reach.setdefault(post.user, []).append(post.wilayah_id)
    able = [(max(map(len, codes)), user) for user, codes in reach.items() if covers(codes, ekspor.cakupan)]
    return [str(user) for _, user in sorted(able, key=lambda pair: -pair[0])]


def place_names(cakupan_list: Iterable[Iterable[str]]) -> dict[str, str]:
    """{kode: name} of what places() names, for all of them at once."""
    codes = {kode for cakupan in cakupan_list for kode in list(cakupan)[:FEW]}
    return {w.kode: w.nama_lengkap for w in Wilayah.objects.filter(kode__in=codes)}


def places(cakupan: Iterable[str], names: dict[str, str] | None = None) -> str:
    """The wilayah in words: "Kec. Toboali, Kec. Lepar dan 3 lagi". names: place_names() of a whole list."""
    codes = list(cakupan)
    names = place_names([codes]) if names is None else names
    words = ", ".join(names[kode] for kode in codes[:FEW] if kode in names)
    return f"{words} dan {len(codes) - FEW} lagi" if len(codes) > FEW else words


def posts_of(user) -> list[str]:
    """The user's penugasan in force, in words."""
    return [str(post) for post in user.penugasan_list.in_force().select_related("wilayah")]


def is_open(ekspor: Ekspor) -> bool:
    """True while a second person can still decide it."""
    waiting = ekspor.keadaan == Ekspor.Keadaan.MENUNGGU_SETUJU
    return waiting and bool(ekspor.batas_setuju and ekspor.batas_setuju > timezone.now())


def exports_of(user) -> QuerySet[Ekspor]:
    """One's own exports of the last month, and those older ones that still wait or can be fetched."""
    since = timezone.now() - timedelta(days=KEPT_DAYS)
    live = [Ekspor.Keadaan.MENUNGGU_SETUJU, Ekspor.Keadaan.DIBUAT, Ekspor.Keadaan.SIAP]
    recent = Q(dibuat__gte=since) | Q(keadaan__in=live)
    return Ekspor.objects.owned_by(user).filter(recent).select_related("job", "penyetuju").order_by("-pk")


def ended_without(ekspor: Ekspor) -> bool:
    """True when its job has ended and made no file."""
    job = ekspor.job
    return ekspor.keadaan == Ekspor.Keadaan.DIBUAT and job is not None and not job.is_live


def waiting_for(user) -> list[Line]:
    """Lines of the inbox: exports to decide, files to fetch, refusals to read."""
    lines = [
        Line(
            judul=f"Putuskan ekspor yang diminta {ekspor.pemilik}",
            keterangan=f"{places(ekspor.cakupan)}, {_date(ekspor.batas_setuju)} batal sendiri",
            jumlah=ekspor.orang,
            url=reverse("jobs:ekspor_putusan", args=[ekspor.pk]),
        )
        for ekspor in to_decide(user)
    ]
    now = timezone.now()
    mine = Ekspor.objects.owned_by(user)
    ready = mine.filter(keadaan=Ekspor.Keadaan.SIAP, kedaluwarsa__gt=now)
    refused = mine.filter(keadaan=Ekspor.Keadaan.DITOLAK, diputuskan__gt=now - timedelta(days=3))
    for ekspor in ready.order_by("-pk"):
        words = f"siap diunduh, dihapus {_date(ekspor.kedaluwarsa)}"
        lines.append(Line(f"Unduh ekspor {ekspor.pk}", words, ekspor.baris, ekspor.get_absolute_url()))
    for ekspor in refused.order_by("-pk"):
        words = "ditolak, baca alasannya"
        lines.append(Line(f"Ekspor {ekspor.pk} ditolak", words, ekspor.orang, ekspor.get_absolute_url()))
    return lines


def _date(moment) -> str:
    return date_format(timezone.localtime(moment), "j M Y")


def job_title(job: Job) -> str:
    """The heading of the job's page."""
    ekspor = getattr(job, "ekspor", None)
    return f"Ekspor {ekspor.pk}" if ekspor else ""


def job_context(job: Job) -> str:
    """The sentence under it."""
    ekspor = getattr(job, "ekspor", None)
    return ekspor.saringan if ekspor else ""


def job_result(job: Job) -> str:
    """Where its file is fetched."""
    ekspor = getattr(job, "ekspor", None)
    return ekspor.get_absolute_url() if ekspor else ""
