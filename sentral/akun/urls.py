"""Addresses of accounts, below /akun/daftar/."""

from django.urls import path

from sentral.akun import views

app_name = "akun"

urlpatterns = [
    path("", views.daftar, name="daftar"),
    path("unduh.xlsx", views.unduh, name="unduh"),
    path("contoh.xlsx", views.contoh, name="contoh"),
    path("baru/", views.baru, name="baru"),
    path("unggah/", views.unggah, name="unggah"),
    path("unggah/<int:pk>/", views.unggahan, name="unggahan"),
    path("unggah/<int:pk>/ditolak.xlsx", views.ditolak, name="ditolak"),
    path("orang/<int:pk>/", views.orang, name="orang"),
    path("orang/<int:pk>/sandi/", views.sandi, name="sandi"),
    path("penugasan/<int:pk>/akhiri/", views.akhiri, name="akhiri"),
    path("slip/<int:pk>.pdf", views.slip, name="slip"),
]
