"""Addresses of the versions of boundaries, below the map."""

from django.urls import path

from sentral.batas import views

app_name = "batas"
urlpatterns = [
    path("", views.versi_list, name="list"),
    path("baru/", views.baru, name="baru"),
    path("<int:pk>/", views.versi, name="versi"),
    path("<int:pk>/bandingkan/", views.bandingkan, name="bandingkan"),
    path("<int:pk>/pakai/", views.pakai, name="pakai"),
    path("<int:pk>/hapus/", views.hapus, name="hapus"),
]
