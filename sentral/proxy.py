"""Whose address counts. Behind a proxy every request comes from the proxy; what it says is in a header
that anybody can write, so it is believed only when the proxy's own address is in SENTRAL_PROXY.

Without this all officers would share one address: a stranger's wrong passwords would lock their door,
and Jejak would name the proxy.
"""

from __future__ import annotations

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse


class ClientAddressMiddleware:
    """Puts the last address of X-Forwarded-For, the one the trusted proxy wrote, into REMOTE_ADDR."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        said = request.META.pop("HTTP_X_FORWARDED_FOR", "")
        if said and trusted(request.META.get("REMOTE_ADDR", "")):
            last = said.rpartition(",")[2].strip()
            if is_address(last):
                request.META["REMOTE_ADDR"] = last
        return self.get_response(request)


def is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def trusted(address: str) -> bool:
    return is_address(address) and any(ip_address(address) in network for network in settings.PROXIES)
