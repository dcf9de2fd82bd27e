"""Pages of the kernel."""

from django.urls import path

from directory import views

app_name = "directory"

urlpatterns = [
    path("accounts/profile/", views.profile, name="profile"),
    path("accounts/profile/photo/", views.change_photo, name="change_photo"),
    path("accounts/profile/photo/remove/", views.remove_photo, name="remove_photo"),
    path("people/<int:pk>/photo/", views.photo, name="photo"),
    path("jobs/<uuid:job_id>/", views.job, name="job"),
    path("jobs/<uuid:job_id>/progress/", views.job_progress, name="job_progress"),
]
