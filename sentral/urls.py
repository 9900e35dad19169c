"""All addresses. A new one needs its line in the access table (tests/test_access.py)."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from sentral import views

admin.autodiscover()
admin.site.login = secure_admin_login(admin.site.login)

urlpatterns = [
    path("", views.home, name="beranda"),
    path("wilayah/", include("sentral.urls_wilayah")),
    path("jejak/", views.jejak_list, name="jejak"),
    path("akun/", include("access.urls")),
    path("akun/", include("allauth.account.urls")),
    path("pekerjaan/", include("jobs.urls")),
    path("", include("kpm.urls")),
    path("", include("spatial.urls")),
    path("admin/", admin.site.urls),
]
