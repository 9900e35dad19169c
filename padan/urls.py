"""Addresses of padan."""

from django.urls import path

from padan import views_ambang, views_cocok, views_ekstrak, views_hasil, views_putusan

app_name = "padan"
urlpatterns = [
    path("", views_ekstrak.home, name="home"),
    path("ekstrak/unggah/", views_ekstrak.ekstrak_unggah, name="ekstrak_unggah"),
    path("ekstrak/<int:pk>/", views_ekstrak.ekstrak, name="ekstrak"),
    path("ekstrak/<int:pk>/keadaan/", views_ekstrak.ekstrak_keadaan, name="ekstrak_keadaan"),
    path("ekstrak/<int:pk>/kolom/", views_ekstrak.ekstrak_kolom, name="ekstrak_kolom"),
    path("ekstrak/<int:pk>/buang/", views_ekstrak.ekstrak_buang, name="ekstrak_buang"),
    path("ekstrak/<int:pk>/hapus/", views_ekstrak.ekstrak_hapus, name="ekstrak_hapus"),
    path("ekstrak/<int:pk>/cocokkan/", views_cocok.ekstrak_cocokkan, name="ekstrak_cocokkan"),
    path("keluarga/<int:pk>/", views_hasil.panel, name="panel"),
    path("jalan/<int:pk>/", views_hasil.jalan, name="jalan"),
    path("jalan/<int:pk>/orang/", views_hasil.jalan_orang, name="jalan_orang"),
    path("ambang/", views_ambang.ambang, name="ambang"),
    path("putusan/", views_putusan.putusan_list, name="putusan_list"),
    path("putusan/<int:pk>/", views_putusan.kandidat, name="kandidat"),
    path("putusan/<int:pk>/pegang/", views_putusan.kandidat_pegang, name="kandidat_pegang"),
    path("putusan/<int:pk>/lepas/", views_putusan.kandidat_lepas, name="kandidat_lepas"),
    path("putusan/batal/<int:pk>/", views_putusan.putusan_batal, name="putusan_batal"),
    path("usul/", views_putusan.usul_list, name="usul_list"),
    path("usul/<int:pk>/", views_putusan.usul, name="usul"),
]
