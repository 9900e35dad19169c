"""Pages of long work, all of them the owner's alone."""

from django.urls import path

from jobs import views

app_name = "jobs"

urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("<int:pk>/", views.job_page, name="job"),
    path("<int:pk>/keadaan/", views.job_state, name="state"),
    path("<int:pk>/batalkan/", views.cancel_job, name="cancel"),
    path("<int:pk>/ulangi/", views.retry_job, name="retry"),
]
