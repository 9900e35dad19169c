"""What surrounds every request: the session's end, territory, forced pages, privacy headers."""

from urllib.parse import urlencode, urlsplit

from allauth.account.internal.stagekit import LOGIN_SESSION_KEY, clear_login, get_pending_stage
from allauth.mfa.stages import AuthenticateStage
from allauth.usersessions.models import UserSession
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from access.factor import has_factor, must_have_factor, session_has_factor
from access.scope import reset_territory, set_territory, territory_of
from access.sessions import note_use, why_ended

ADMIN = "/admin/"
# All that somebody reaches who must set up a factor first.
SETUP = {
    "mfa_index",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_reauthenticate",
    "account_reauthenticate",
    "account_change_password",
    "account_set_password",
    "account_logout",
}
# And somebody whose password was right and whose factor is still missing.
PENDING = {"mfa_authenticate", "account_logout"}


class SessionLimitMiddleware:
    """Ends a session that is too old or was too long without use, and says why at the log-in.

    After every log-out the browser is told to forget its cached pages. Not its storage: visits that
    wait there to be sent must outlive the session.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        was_in = request.user.is_authenticated
        why = why_ended(request.session, request.path) if was_in else ""
        if why:
            logout(request)
            response = to_login(request, why)
        else:
            if was_in and note_use(request.session, request.path):
                UserSession.objects.create_from_request(request)
            response = self.get_response(request)
        if was_in and not request.user.is_authenticated:
            response.headers["Clear-Site-Data"] = '"cache"'
        return response


def to_login(request, why: str) -> HttpResponse:
    """Send to the log-in page, which says `why` and leads back to the page that was open."""
    here = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer") or "/")
    back = request.get_full_path()
    if request.method != "GET" or "HX-Request" in request.headers:
        back = here.path + (f"?{here.query}" if here.query else "")
    if request.path == reverse("account_logout"):
        back = "/"
    address = f"{reverse('account_login')}?{urlencode({'next': back, 'akhir': why})}"
    if "HX-Request" in request.headers:  # a fragment of a page is no place for a log-in form
        return HttpResponse(headers={"HX-Redirect": address})
    return redirect(address)


class SecondFactorMiddleware:
    """Keeps out who must show a second factor and has not.

    Waiting between password and code: only the page for the code. Logged in without a factor: only
    the pages that set one up. Logged in before the account had one: log in again.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        match = request.resolver_match
        if match and (match.url_name or "").startswith("mfa_"):
            response.headers["Cache-Control"] = "private, no-store"  # secrets stand on these pages
        return response

    def process_view(self, request, view, args, kwargs):
        name = request.resolver_match.view_name
        if not request.user.is_authenticated:
            return self._pending(request, name) if LOGIN_SESSION_KEY in request.session else None
        if not must_have_factor(request.user):
            return None
        if not has_factor(request.user):
            return None if name in SETUP else redirect("mfa_index")
        if not session_has_factor(request) and name != "account_logout":
            logout(request)
            return to_login(request, "faktor")
        return None

    def _pending(self, request, name: str):
        stage = get_pending_stage(request)
        if stage is None or stage.key != AuthenticateStage.key:
            return None
        if not has_factor(stage.login.user):  # an admin took it off meanwhile: the page would lead in circles
            clear_login(request)
            return redirect("account_login")
        return None if name in PENDING else redirect("mfa_authenticate")


class TerritoryMiddleware:
    """Sets the session's territory for the policies and takes it back afterwards.

    Session-level, since ATOMIC_REQUESTS would wrap the view only; so no view may stream rows: a
    stream is read after the reset and would be empty.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not request.user.is_authenticated:
            return self.get_response(request)
        request.user.penugasan_dipilih = request.session.get("penugasan")
        set_territory(territory_of(request.user))
        try:
            return self.get_response(request)
        finally:
            reset_territory()


class PrivatePageMiddleware:
    """Pages of a logged-in user stay out of every cache, also the one behind the back button.

    On a shared phone the next person must not go back to somebody's pages: no-store keeps the browser
    from keeping them alive. What is no page may be kept, but is asked for again. A view that sets its
    own Cache-Control (boundaries, which hold no person) keeps it.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), microphone=(), geolocation=(self), payment=()"
        )
        if request.user.is_authenticated and "Cache-Control" not in response.headers:
            is_page = response.headers.get("Content-Type", "").startswith("text/html")
            response.headers["Cache-Control"] = "private, no-store" if is_page else "private, no-cache"
        return response


class AdminPolicyMiddleware:
    """Unfold's Alpine needs eval and inline script: allowed under /admin/ and nowhere else."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.path.startswith(ADMIN):
            response._csp_update = {
                "script-src": ["'unsafe-eval'", "'unsafe-inline'"],
                "style-src": ["'unsafe-inline'"],
            }
        return response


class ChangePasswordFirstMiddleware:
    """Whoever came in with a password that somebody else made changes it before anything else.

    He reaches the change of password and the way out; static files are served further out.
    """

    OPEN = ("account_change_password", "account_logout")

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not request.user.is_authenticated or not request.user.harus_ganti_sandi:
            return self.get_response(request)
        if request.path in {reverse(name) for name in self.OPEN}:
            return self.get_response(request)
        target = reverse("account_change_password")
        if request.headers.get("HX-Request"):  # a part of a page: the whole page must go there
            return HttpResponse(headers={"HX-Redirect": target})
        return redirect(target)
