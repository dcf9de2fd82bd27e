"""Addresses of meetings: pages take a language prefix, files do not."""

from django.urls import path

from meetings import feeds
from meetings.views import (
    calendar,
    documents,
    editing,
    events,
    groups,
    meetings,
    programme,
    registration,
    reports,
    secretariat,
)

app_name = "meetings"

urlpatterns = [
    path("meetings/", meetings.meeting_list, name="list"),
    path("meetings/new/", editing.new, name="new_meeting"),
    path("meetings/<slug:slug>/", meetings.meeting, name="meeting"),
    path("meetings/<slug:slug>/edit/", editing.edit, name="edit_meeting"),
    path("meetings/<slug:slug>/cancel/", editing.cancel, name="cancel_meeting"),
    path("meetings/<slug:slug>/documents/edit/", documents.documents, name="documents"),
    path("meetings/<slug:slug>/documents/add/", documents.add, name="add_document"),
    path("meetings/<slug:slug>/documents/<int:pk>/edit/", documents.edit, name="edit_document"),
    path("meetings/<slug:slug>/documents/<int:pk>/remove/", documents.remove, name="remove_document"),
    path("meetings/<slug:slug>/programme/edit/", programme.grid, name="edit_programme"),
    path("meetings/<slug:slug>/programme/rooms/", programme.rooms, name="rooms"),
    path("meetings/<slug:slug>/programme/sessions/add/", programme.add, name="add_session"),
    path("meetings/<slug:slug>/programme/sessions/<slug:code>/edit/", programme.edit, name="edit_session"),
    path("meetings/<slug:slug>/programme/sessions/<slug:code>/move/", programme.move, name="move_session"),
    path("meetings/<slug:slug>/programme/sessions/<slug:code>/duplicate/", programme.duplicate, name="duplicate_session"),
    path("meetings/<slug:slug>/programme/sessions/<slug:code>/remove/", programme.remove, name="remove_session"),
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
]
