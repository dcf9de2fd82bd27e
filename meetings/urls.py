"""Addresses of meetings: pages take a language prefix, files do not."""

from django.urls import path

from meetings import feeds
from meetings.views import calendar, event_review, event_work, events, groups, meetings, registration, reports, secretariat

app_name = "meetings"

urlpatterns = [
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
    path("calendar/", calendar.calendar, name="calendar"),
    path("thematic-events/", events.event_list, name="events"),
    path("thematic-events/ours/", event_work.ours, name="events_ours"),
    path("thematic-events/new/", event_work.new, name="propose_event"),
    path("thematic-events/review/", event_review.review_list, name="events_review"),
    path("thematic-events/review/export.csv", event_review.export_csv, name="events_csv"),
    path("thematic-events/calls/", event_review.call, name="new_event_call"),
    path("thematic-events/calls/<slug:slug>/", event_review.call, name="event_call"),
    path("thematic-events/<slug:slug>/", events.event, name="event"),
    path("thematic-events/<slug:slug>/edit/", event_work.edit, name="edit_event"),
    path("thematic-events/<slug:slug>/submit/", event_work.submit, name="submit_event"),
    path("thematic-events/<slug:slug>/withdraw/", event_work.withdraw, name="withdraw_event"),
    path("thematic-events/<slug:slug>/co-sponsors/<slug:code>/", event_work.answer, name="answer_co_sponsorship"),
    path("thematic-events/<slug:slug>/notes/", event_work.note, name="event_note"),
    path("thematic-events/<slug:slug>/start/", event_review.start, name="start_event_review"),
    path("thematic-events/<slug:slug>/decide/", event_review.decide, name="decide_event"),
    path("thematic-events/<slug:slug>/move/", event_review.move, name="move_event"),
    path("thematic-events/<slug:slug>/translations/", event_review.translate, name="translate_event"),
    path("thematic-events/<slug:slug>/meeting/", event_review.as_meeting, name="event_meeting"),
    path("thematic-events/<slug:slug>/session/", event_review.as_session, name="event_session"),
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
