"""Pages of notifications."""

from django.urls import path

from notifications import views

app_name = "notifications"

urlpatterns = [
    path("outbox/", views.outbox, name="outbox"),
    path("outbox/export.csv", views.export_csv, name="outbox_csv"),
    path("outbox/hold/", views.hold_found, name="hold_found"),
    path("outbox/release/", views.release_found, name="release_found"),
    path("outbox/addresses/", views.addresses, name="addresses"),
    path("outbox/addresses/<int:pk>/clear/", views.clear_address, name="clear_address"),
    path("outbox/bulk/", views.bulk_list, name="bulk_list"),
    path("outbox/bulk/new/", views.bulk_new, name="bulk_new"),
    path("outbox/bulk/<int:pk>/", views.bulk, name="bulk"),
    path("outbox/bulk/<int:pk>/edit/", views.bulk_edit, name="bulk_edit"),
    path("outbox/bulk/<int:pk>/preview/", views.bulk_preview, name="bulk_preview"),
    path("outbox/bulk/<int:pk>/test/", views.bulk_test, name="bulk_test"),
    path("outbox/bulk/<int:pk>/confirm/", views.bulk_confirm, name="bulk_confirm"),
    path("outbox/bulk/<int:pk>/again/", views.bulk_again, name="bulk_again"),
    path("outbox/bulk/<int:pk>/progress/", views.bulk_progress, name="bulk_progress"),
    path("outbox/bulk/<int:pk>/stop/", views.bulk_stop, name="bulk_stop"),
    path("outbox/<int:pk>/", views.message, name="message"),
    path("outbox/<int:pk>/preview/", views.preview, name="preview"),
    path("outbox/<int:pk>/resend/", views.resend, name="resend"),
    path("outbox/<int:pk>/hold/", views.hold, name="hold"),
    path("outbox/<int:pk>/release/", views.release, name="release"),
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/read/", views.inbox_read, name="inbox_read"),
    path("inbox/preferences/", views.preferences, name="preferences"),
    path("inbox/<int:pk>/", views.inbox_message, name="inbox_message"),
    path("inbox/<int:pk>/open/", views.inbox_open, name="inbox_open"),
    path("unsubscribe/<str:token>/", views.unsubscribe_page, name="unsubscribe"),
    path("accounts/mail/", views.my_address, name="my_address"),
    path("accounts/mail/works/", views.my_address_works, name="my_address_works"),
]

# For machines, hence without a language prefix.
file_urlpatterns = [
    path("mail/bounces/", views.webhook, name="bounces"),
]
