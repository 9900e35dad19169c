"""All addresses. A new one needs its line in the access table (tests/test_access.py)."""

from allauth.account.decorators import secure_admin_login
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.urls import include, path, re_path, register_converter
from django.views.generic import RedirectView

from access.views_account import DownloadKodeCadangan, RemovePasskey
from sentral import sehat, views, views_trail

admin.autodiscover()
admin.site.unregister([Authenticator, UserSession])  # taken off with a Jejak, or not at all
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


class KodeWilayah:
    """A wilayah code in an address: digits of one of the four levels."""

    regex = r"\d{2}(?:\d{2}(?:\d{2}(?:\d{4})?)?)?"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(KodeWilayah, "kode")

to_own_account = RedirectView.as_view(pattern_name="access:akun_saya")
# Pages of allauth about e-mail: addresses are written down by the Dinas and confirmed by nobody.
not_used = [
    path("email/", to_own_account, name="account_email"),
    path("confirm-email/", to_own_account, name="account_email_verification_sent"),
    re_path(r"^confirm-email/[-:\w]+/$", to_own_account, name="account_confirm_email"),
    path("login/code/confirm/", to_own_account, name="account_confirm_login_code"),
]

urlpatterns = [
    path("", views.home, name="beranda"),
    path("sehat/", sehat.doorbell, name="sehat"),
    path("sehat/semua/", sehat.doorbell_of_everything, name="sehat_semua"),
    path("sehat/rinci/", views.health, name="sehat_rinci"),
    path("jejak/", views.jejak_list, name="jejak"),
    path("jejak/baris/", views_trail.trail_find, name="jejak_cari"),
    path("jejak/keluarga/<int:pk>/", views_trail.trail, {"objek": "keluarga"}, name="jejak_keluarga"),
    path("jejak/anggota/<int:pk>/", views_trail.trail, {"objek": "anggota"}, name="jejak_anggota"),
    path(
        "jejak/keluarga/<int:pk>/surat.pdf",
        views_trail.trail_letter,
        {"objek": "keluarga"},
        name="jejak_keluarga_surat",
    ),
    path(
        "jejak/anggota/<int:pk>/surat.pdf",
        views_trail.trail_letter,
        {"objek": "anggota"},
        name="jejak_anggota_surat",
    ),
    path("jejak/peringatan/", views_trail.peringatan_list, name="peringatan_list"),
    path("jejak/peringatan/<int:pk>/", views_trail.peringatan_check, name="peringatan_periksa"),
    path("akun/", include("access.urls")),
    path("akun/", include(not_used)),  # before the pages it stands for
    path("akun/daftar/", include("sentral.akun.urls")),
    path("akun/", include("allauth.account.urls")),
    path(
        "akun/langkah-kedua/recovery-codes/download/",
        DownloadKodeCadangan.as_view(),
        name="mfa_download_recovery_codes",
    ),
    path(
        "akun/langkah-kedua/webauthn/keys/<int:pk>/remove/",
        RemovePasskey.as_view(),
        name="mfa_remove_webauthn",
    ),
    path("akun/langkah-kedua/", include("allauth.mfa.urls")),
    path("akun/sesi/", include("allauth.usersessions.urls")),
    path("", include("jobs.urls")),
    path("", include("kpm.urls")),
    path("padan/", include("padan.urls")),
    path("peta/versi/", include("sentral.batas.urls")),
    path("", include("spatial.urls")),  # wilayah/cari/ before wilayah/<kode>/
    path("wilayah/<kode:kode>/", views.wilayah_page, name="wilayah"),
    path("admin/", admin.site.urls),
]

handler500 = views.server_error
