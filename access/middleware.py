"""What surrounds every request: territory, privacy headers, the admin's wider script policy, a forced page."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from access.scope import reset_territory, set_territory, territory_of

ADMIN = "/admin/"


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
    """Pages of a logged-in user stay out of every shared cache, and out of the browser's after logout.

    A view that sets its own Cache-Control (boundaries, which hold no person) keeps it.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), microphone=(), geolocation=(self), payment=()"
        )
        if request.user.is_authenticated and "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "private, no-cache"
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
