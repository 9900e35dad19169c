"""How allauth behaves here: nobody signs up, a log-in leaves a Jejak."""

from allauth.account.adapter import DefaultAccountAdapter

from access.jejak import address_of, record_jejak


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request) -> bool:
        """Accounts are made by the Dinas, never by a visitor."""
        return False

    def post_login(self, request, user, **kwargs):
        record_jejak(user=user, aksi="masuk", alamat=address_of(request))
        return super().post_login(request, user, **kwargs)
