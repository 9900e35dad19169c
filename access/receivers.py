"""What happens by itself when a session begins, and when a factor comes or goes."""

from __future__ import annotations

from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from allauth.mfa.models import Authenticator
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_delete, post_save, pre_save
from django.dispatch import receiver

from access.factor import KINDS, LAST_STEP
from access.jejak import address_of, record_jejak
from access.sessions import begin, end_sessions


@receiver(user_logged_in)
def start_clock(sender, request, user, **kwargs) -> None:
    begin(request.session)


@receiver(pre_save, sender=Authenticator)
def keep_first_step(sender, instance: Authenticator, **kwargs) -> None:
    """The code that set up an app opens no second door."""
    step = getattr(context.request, "totp_step", None)
    if instance.pk is None and instance.type == Authenticator.Type.TOTP and step is not None:
        instance.data[LAST_STEP] = step


@receiver(post_save, sender=Authenticator)
def note_new_factor(sender, instance: Authenticator, created: bool, **kwargs) -> None:
    """A new factor leaves a Jejak, ends the sessions that never showed one, and counts for this one."""
    request = context.request
    if not created or not _is_own(instance):
        return
    _record(instance, "dipasang")
    if instance.type in KINDS:
        record_authentication(request, instance.user, "mfa", id=instance.pk, type=instance.type)
        end_sessions([instance.user_id], but=request.session.session_key)


@receiver(post_delete, sender=Authenticator)
def note_lost_factor(sender, instance: Authenticator, **kwargs) -> None:
    """What somebody takes off himself; what an admin takes off stands in the Jejak of remove_factor."""
    if _is_own(instance):
        _record(instance, "dilepas")


def _is_own(authenticator: Authenticator) -> bool:
    request = context.request
    return request is not None and request.user.pk == authenticator.user_id


def _record(authenticator: Authenticator, what: str) -> None:
    record_jejak(
        user=context.request.user,
        aksi="ubah_hak",
        objek="faktor",
        objek_id=authenticator.user_id,
        alasan=f"langkah kedua {what}",
        alamat=address_of(context.request),
        rincian={"jenis": authenticator.type},
    )
