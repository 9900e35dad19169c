from django.urls import path

from access import views

app_name = "access"
urlpatterns = [path("penugasan/", views.choose_penugasan, name="pilih_penugasan")]
