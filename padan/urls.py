"""Addresses of padan."""

from django.urls import path

from padan import views_putusan

app_name = "padan"
urlpatterns = [
    path("putusan/", views_putusan.putusan_list, name="putusan_list"),
    path("putusan/<int:pk>/", views_putusan.kandidat, name="kandidat"),
    path("putusan/<int:pk>/pegang/", views_putusan.kandidat_pegang, name="kandidat_pegang"),
    path("putusan/<int:pk>/lepas/", views_putusan.kandidat_lepas, name="kandidat_lepas"),
    path("putusan/batal/<int:pk>/", views_putusan.putusan_batal, name="putusan_batal"),
    path("usul/", views_putusan.usul_list, name="usul_list"),
    path("usul/<int:pk>/", views_putusan.usul, name="usul"),
]
