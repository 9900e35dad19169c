"""Addresses of padan."""

from django.urls.resolvers import URLPattern

app_name = "padan"
urlpatterns: list[URLPattern] = []
