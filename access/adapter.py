"""How allauth behaves here: nobody signs up, a log-in leaves a Jejak."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.shortcuts import resolve_url

from access.jejak import address_of, record_jejak


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request) -> bool:
        """Accounts are made by the Dinas, never by a visitor."""
        return False

    def set_password(self, user, password):
        """A password somebody chose for himself: the first one is over with it."""
        user.harus_ganti_sandi = False
        user.sandi_berlaku_sampai = None
        super().set_password(user, password)

    def get_password_change_redirect_url(self, request) -> str:
        """On to work."""
        return resolve_url(settings.LOGIN_REDIRECT_URL)

    def post_login(self, request, user, **kwargs):
        record_jejak(user=user, aksi="masuk", alamat=address_of(request))
        return super().post_login(request, user, **kwargs)
