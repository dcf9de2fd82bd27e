"""Pages of the kernel."""

from django.urls import path

from directory import views

app_name = "directory"

urlpatterns = [
    path("accounts/profile/", views.profile, name="profile"),
    path("jobs/<uuid:job_id>/", views.job, name="job"),
    path("jobs/<uuid:job_id>/progress/", views.job_progress, name="job_progress"),
]
