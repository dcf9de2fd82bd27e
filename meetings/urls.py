"""Addresses of meetings: pages take a language prefix, files do not."""

from django.urls import path

from meetings import feeds
from meetings.views import (
    bulk,
    by_address,
    calendar,
    events,
    groups,
    meetings,
    questions,
    registration,
    registration_import,
    registration_settings,
    reports,
    secretariat,
)

app_name = "meetings"

_SETTINGS = "meetings/<slug:slug>/registration/settings/"
_QUESTIONS = "meetings/<slug:slug>/registration/questions/"
_IMPORT = "meetings/<slug:slug>/registrations/import/"
_LINK = "registrations/link/<str:token>/"

# What the secretariat sets for a meeting's registration, and what it does with many registrations.
_registration_urlpatterns = [
    path(_SETTINGS, registration_settings.settings, name="registration_settings"),
    path(f"{_SETTINGS}add/", registration_settings.add, name="add_category"),
    path(f"{_SETTINGS}move-seats/", registration_settings.move, name="move_seats"),
    path(f"{_SETTINGS}of/<slug:category>/", registration_settings.category, name="category_settings"),
    path(f"{_SETTINGS}of/<slug:category>/withdraw/", registration_settings.withdraw, name="withdraw_category"),
    path(f"{_SETTINGS}of/<slug:category>/documents/", registration_settings.add_document, name="add_required_document"),
    path(f"{_SETTINGS}of/<slug:category>/documents/<int:pk>/", registration_settings.document, name="required_document"),
    path(
        f"{_SETTINGS}of/<slug:category>/documents/<int:pk>/remove/",
        registration_settings.remove_document,
        name="remove_required_document",
    ),
    path("meetings/<slug:slug>/registration/promote/", registration_settings.promote, name="promote"),
    path("meetings/<slug:slug>/registration/changes/", secretariat.changes, name="changes"),
    path(_QUESTIONS, questions.questions, name="questions"),
    path(f"{_QUESTIONS}new/", questions.add_question, name="add_question"),
    path(f"{_QUESTIONS}<int:pk>/", questions.question, name="question"),
    path(f"{_QUESTIONS}<int:pk>/remove/", questions.remove, name="remove_question"),
    path(f"{_QUESTIONS}<int:pk>/shift/", questions.shift, name="shift_question"),
    path("meetings/<slug:slug>/registrations/new/", registration_import.add_person, name="add_person"),
    path(_IMPORT, registration_import.import_registrations, name="import_registrations"),
    path(f"{_IMPORT}template.<str:ending>", registration_import.template, name="registrations_template"),
    path(f"{_IMPORT}<int:pk>/", registration_import.preview, name="registration_import"),
    path(f"{_IMPORT}<int:pk>/apply/", registration_import.apply, name="apply_registrations"),
    path("meetings/<slug:slug>/registrations/bulk/", bulk.choose, name="choose_bulk_act"),
    path("meetings/<slug:slug>/registrations/bulk/<int:pk>/", bulk.act, name="bulk_act"),
    path("meetings/<slug:slug>/registrations/bulk/<int:pk>/confirm/", bulk.confirm, name="confirm_bulk_act"),
]

# For people without an account: by links that their messages carry.
_link_urlpatterns = [
    path("meetings/<slug:slug>/register/by-address/", by_address.ask_for_link, name="ask_for_link"),
    path("registrations/begin/<str:token>/", by_address.register_by_link_page, name="register_by_link"),
    path("registrations/offer/<str:token>/", by_address.answer_offer, name="answer_offer"),
    path(_LINK, by_address.by_link, name="by_link"),
    path(f"{_LINK}edit/", by_address.by_link_edit, name="by_link_edit"),
    path(f"{_LINK}documents/", by_address.by_link_documents, name="by_link_documents"),
    path(f"{_LINK}cancel/", by_address.by_link_cancel, name="by_link_cancel"),
    path(f"{_LINK}offer/", by_address.by_link_offer, name="by_link_offer"),
    path(f"{_LINK}files/<int:pk>/", by_address.by_link_file, name="by_link_file"),
]

urlpatterns = [
    *_registration_urlpatterns,
    *_link_urlpatterns,
    path("meetings/", meetings.meeting_list, name="list"),
    path("meetings/<slug:slug>/", meetings.meeting, name="meeting"),
    path("meetings/<slug:slug>/programme/", meetings.programme, name="programme"),
    path("meetings/<slug:slug>/publish/", meetings.publish, name="publish"),
    path("meetings/<slug:slug>/register/", registration.register, name="register"),
    path("meetings/<slug:slug>/registrations/", secretariat.registrations, name="registrations"),
    path("meetings/<slug:slug>/registrations/mine/", registration.mine, name="my_registration"),
    path("meetings/<slug:slug>/registrations/export.csv", secretariat.export_csv, name="registrations_csv"),
    path("meetings/<slug:slug>/registrations/export.xlsx", secretariat.export_xlsx, name="registrations_xlsx"),
    path("registrations/<slug:reference>/", registration.registration, name="registration"),
    path("registrations/<slug:reference>/approve/", secretariat.approve, name="approve"),
    path("registrations/<slug:reference>/decline/", secretariat.decline, name="decline"),
    path("registrations/<slug:reference>/cancel/", registration.cancel, name="cancel"),
    path("registrations/<slug:reference>/edit/", registration.edit, name="edit"),
    path("registrations/<slug:reference>/documents/", registration.documents, name="documents"),
    path("registrations/<slug:reference>/offer/", registration.offer, name="offer"),
    path("registrations/<slug:reference>/offer-a-seat/", secretariat.offer, name="offer_seat"),
    path("registrations/<slug:reference>/beyond/", secretariat.beyond, name="give_seat_beyond"),
    path("registrations/<slug:reference>/reinstate/", secretariat.reinstate, name="reinstate"),
    path("registrations/<slug:reference>/change/", secretariat.change, name="decide_change"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("thematic-events/<slug:slug>/", events.event, name="event"),
    path("thematic-events/<slug:slug>/decide/", events.decide, name="decide_event"),
    path("working-groups/", groups.group_list, name="working_groups"),
    path("working-groups/<slug:slug>/", groups.group, name="working_group"),
    path("reports/", reports.report_list, name="reports"),
    path("reports/export.csv", reports.export_csv, name="reports_csv"),
    path("reports/<slug:slug>/", reports.report, name="report"),
    path("reports/<slug:slug>/publish/", reports.publish, name="publish_report"),
]

file_urlpatterns = [
    path("calendar.ics", feeds.calendar, name="calendar"),
    path("meetings/<slug:slug>/meeting.ics", feeds.meeting, name="meeting"),
    path("meetings/<slug:slug>/documents/<int:pk>/", feeds.document, name="document"),
    path("registrations/<slug:reference>.ics", feeds.registration, name="registration"),
    path("registrations/<slug:reference>/files/<int:pk>/", registration.registration_file, name="registration_file"),
]
