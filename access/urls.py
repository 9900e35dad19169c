from django.urls import path

from access import views, views_account

app_name = "access"
urlpatterns = [
    path("", views_account.own_account, name="akun_saya"),
    path("penugasan/", views.choose_penugasan, name="pilih_penugasan"),
    path("sesi/<int:pk>/akhiri/", views_account.end_session, name="akhiri_sesi"),
    path("faktor/<int:pk>/lepas/", views_account.take_off_factor, name="lepas_faktor"),
]
