"""Pages of long work, all of them the owner's alone, and of exports, which a second person may decide."""

from django.urls import path

from jobs import views
from jobs.ekspor import views as ekspor_views

app_name = "jobs"

urlpatterns = [
    path("pekerjaan/", views.inbox, name="inbox"),
    path("pekerjaan/<int:pk>/", views.job_page, name="job"),
    path("pekerjaan/<int:pk>/keadaan/", views.job_state, name="state"),
    path("pekerjaan/<int:pk>/batalkan/", views.cancel_job, name="cancel"),
    path("pekerjaan/<int:pk>/ulangi/", views.retry_job, name="retry"),
    path("ekspor/", ekspor_views.ekspor_list, name="ekspor_list"),
    path("ekspor/<int:pk>/", ekspor_views.ekspor, name="ekspor"),
    path("ekspor/<int:pk>/unduh/", ekspor_views.ekspor_unduh, name="ekspor_unduh"),
    path("ekspor/<int:pk>/tarik/", ekspor_views.ekspor_tarik, name="ekspor_tarik"),
    path("ekspor/<int:pk>/putusan/", ekspor_views.ekspor_putusan, name="ekspor_putusan"),
]
