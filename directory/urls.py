"""Pages of the kernel."""

from django.urls import path, re_path

from directory import views

app_name = "directory"

AGENCIES = [
    path("agency/", views.my_agency, name="my_agency"),
    path("agency/members/<int:pk>/", views.change_member, name="change_member"),
    path("agency/members/<int:pk>/end/", views.end_member, name="end_member"),
    path("agency/members/<int:pk>/delegate/", views.delegate_work, name="delegate"),
    path("agency/delegations/<int:pk>/end/", views.stop_delegation, name="end_delegation"),
    path("agency/invitations/<int:pk>/send/", views.resend, name="resend_invitation"),
    path("agency/invitations/<int:pk>/withdraw/", views.withdraw, name="withdraw_invitation"),
    path("agency/<slug:code>/", views.agency, name="agency"),
    path("agency/<slug:code>/invite/", views.invite, name="invite"),
    path("agency/<slug:code>/add/", views.add_member, name="add_member"),
    path("invitation/<str:token>/", views.invitation, name="invitation"),
]
_ENDINGS = "(?P<ending>csv|xlsx)"
ORGANIZATIONS = [
    path("organizations/", views.organizations, name="organizations"),
    re_path(rf"^organizations/export\.{_ENDINGS}$", views.export_organizations, name="organizations_export"),
    path("organizations/new/", views.add_organization, name="add_organization"),
    path("organizations/import/", views.import_organizations, name="import_organizations"),
    re_path(rf"^organizations/import/template\.{_ENDINGS}$", views.import_template, name="import_template"),
    path("organizations/import/<int:pk>/", views.preview_import, name="organization_import"),
    path("organizations/import/<int:pk>/apply/", views.confirm_import, name="apply_import"),
    path("organizations/<slug:code>/", views.organization, name="organization"),
    path("organizations/<slug:code>/edit/", views.edit_organization, name="edit_organization"),
]

urlpatterns = [
    *AGENCIES,
    *ORGANIZATIONS,
    path("accounts/profile/", views.profile, name="profile"),
    path("accounts/profile/photo/", views.change_photo, name="change_photo"),
    path("accounts/profile/photo/remove/", views.remove_photo, name="remove_photo"),
    path("people/<int:pk>/photo/", views.photo, name="photo"),
    path("jobs/<uuid:job_id>/", views.job, name="job"),
    path("jobs/<uuid:job_id>/progress/", views.job_progress, name="job_progress"),
]
