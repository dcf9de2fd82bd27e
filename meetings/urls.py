"""Addresses of meetings: pages take a language prefix, files do not."""

from django.urls import path

from meetings import feeds
from meetings.views import calendar, events, groups, meetings, registration, report_calls, report_work, reports, secretariat

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
    path("thematic-events/<slug:slug>/", events.event, name="event"),
    path("thematic-events/<slug:slug>/decide/", events.decide, name="decide_event"),
    path("working-groups/", groups.group_list, name="working_groups"),
    path("working-groups/<slug:slug>/", groups.group, name="working_group"),
    path("reports/", reports.report_list, name="reports"),
    path("reports/export.csv", reports.export_csv, name="reports_csv"),
    path("reports/calls/new/", report_calls.edit, name="add_report_call"),
    path("reports/calls/<slug:slug>/", report_calls.call, name="report_call"),
    path("reports/calls/<slug:slug>/edit/", report_calls.edit, name="edit_report_call"),
    path("reports/calls/<slug:slug>/progress/", report_calls.progress, name="report_progress"),
    path("reports/calls/<slug:slug>/start/", report_work.start, name="start_report"),
    path("reports/<slug:slug>/", reports.report, name="report"),
    path("reports/<slug:slug>/edit/", report_work.edit, name="edit_report"),
    path("reports/<slug:slug>/file/", report_work.file, name="report_file"),
    path("reports/<slug:slug>/clearance/", report_work.send, name="send_report"),
    path("reports/<slug:slug>/submit/", report_work.submit, name="submit_report"),
    path("reports/<slug:slug>/receipt/", report_work.receipt, name="report_receipt"),
    path("reports/<slug:slug>/send-back/", report_work.send_back, name="send_report_back"),
    path("reports/<slug:slug>/withdraw/", report_work.withdraw, name="withdraw_report"),
    path("reports/<slug:slug>/return/", report_work.give_back, name="return_report"),
    path("reports/<slug:slug>/publish/", reports.publish, name="publish_report"),
]

file_urlpatterns = [
    path("calendar.ics", feeds.calendar, name="calendar"),
    path("meetings/<slug:slug>/meeting.ics", feeds.meeting, name="meeting"),
    path("meetings/<slug:slug>/documents/<int:pk>/", feeds.document, name="document"),
    path("registrations/<slug:reference>.ics", feeds.registration, name="registration"),
    path("reports/<slug:slug>/document/", feeds.report_document, name="report_document"),
]
