"""Addresses of keluarga and of imports."""

from django.urls import path

from kpm import (
    views,
    views_awal,
    views_banding,
    views_ekspor,
    views_ganda,
    views_impor,
    views_kolom,
    views_pratinjau,
    views_sumber,
    views_tampilkan,
    views_ubah,
    views_urung,
)
from kpm.forms_ubah import KINDS
from kpm.urung import TERAP

app_name = "kpm"
urlpatterns = [
    path("keluarga/", views.keluarga_list, name="keluarga_list"),
    path("keluarga/unduh/", views_ekspor.unduh, name="unduh"),
    path("keluarga/tukar/", views_ekspor.tukar_page, name="tukar"),
    path("keluarga/baru/", views_ubah.keluarga_baru, name="keluarga_baru"),
    path("keluarga/banding/", views_banding.banding_page, name="banding"),
    path("keluarga/banding/daftar/", views_banding.banding_daftar, name="banding_daftar"),
    path("keluarga/banding/unduh/", views_banding.banding_unduh, name="banding_unduh"),
    path("sumber/", views_sumber.sumber_list, name="sumber_list"),
    path("keluarga/suntingan/", views_ubah.suntingan_list, name="suntingan_list"),
    path("keluarga/suntingan/<int:pk>/batal/", views_ubah.suntingan_batal, name="suntingan_batal"),
    path("keluarga/<int:pk>/", views.keluarga_detail, name="keluarga"),
    path("keluarga/<int:pk>/ubah/", views_ubah.ubah, name="ubah"),
    *(
        path(f"keluarga/<int:pk>/ubah/{apa}/", views_ubah.ubah_apa, {"apa": apa}, name=f"ubah_{apa}")
        for apa in KINDS
    ),
    path("keluarga/<int:pk>/tampilkan/", views_tampilkan.keluarga_tampilkan, name="keluarga_tampilkan"),
    path("ganda/", views_ganda.ganda_list, name="ganda_list"),
    path("ganda/<int:pk>/", views_ganda.ganda, name="ganda"),
    path("ganda/putusan/<int:pk>/batal/", views_ganda.ganda_batal, name="ganda_batal"),
    path("impor/", views_impor.impor_list, name="impor_list"),
    path("impor/baru/", views_impor.impor_baru, name="impor_baru"),
    path("impor/kolom/<int:pk>/", views_kolom.impor_kolom, name="impor_kolom"),
    path("impor/kolom/<int:pk>/buang/", views_kolom.impor_kolom_buang, name="impor_kolom_buang"),
    path("impor/<int:pk>/", views_impor.impor, name="impor"),
    path("impor/<int:pk>/keadaan/", views_impor.impor_keadaan, name="impor_keadaan"),
    path("impor/<int:pk>/tinjau/", views_pratinjau.impor_tinjau, name="impor_tinjau"),
    path("impor/<int:pk>/tanya/", views_awal.impor_tanya, name="impor_tanya"),
    path("impor/<int:pk>/terapkan/", views_pratinjau.impor_terapkan, name="impor_terapkan"),
    path("impor/<int:pk>/rincian/", views_pratinjau.impor_rincian, name="impor_rincian"),
    path("impor/<int:pk>/aturan/", views_pratinjau.impor_aturan, name="impor_aturan"),
    path("impor/<int:pk>/tarik/", views_pratinjau.impor_tarik, name="impor_tarik"),
    path("impor/<int:pk>/putusan/", views_pratinjau.impor_putusan, name="impor_putusan"),
    path("impor/<int:pk>/buang/", views_pratinjau.impor_buang, name="impor_buang"),
    path("impor/<int:pk>/urungkan/", views_urung.impor_urung, name="impor_urung"),
    path("impor/<int:pk>/terapkan-lagi/", views_urung.impor_urung, {"arah": TERAP}, name="impor_lagi"),
    path("impor/<int:pk>/tetap/<int:job_id>/", views_urung.impor_sisa, name="impor_sisa"),
    path("impor/<int:pk>/ditolak.xlsx", views_impor.impor_ditolak, name="impor_ditolak"),
]
