"""URLs of the map and of the wilayah search."""

from django.urls import path

from spatial import views

app_name = "spatial"
urlpatterns = [
    path("peta/", views.peta, name="peta"),
    path("peta/data/", views.peta_data, name="peta-data"),
    path("peta/panel/<int:kode>/", views.peta_panel, name="peta-panel"),
    path("peta/batas/<int:versi>/<slug:tingkat>.json", views.peta_batas, name="peta-batas"),
    path("wilayah/cari/", views.search, name="wilayah-cari"),
]
