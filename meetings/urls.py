"""Addresses of meetings: pages take a language prefix, files do not."""

from django.urls import path

from meetings import feeds
from meetings.views import calendar, dashboard, desk, events, groups, meetings, privacy, registration, reports, secretariat

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
    path("meetings/<slug:slug>/dashboard/", dashboard.dashboard, name="dashboard"),
    path("meetings/<slug:slug>/dashboard/export.xlsx", dashboard.export_xlsx, name="dashboard_xlsx"),
    path("meetings/<slug:slug>/desk/", desk.desk, name="desk"),
    path("meetings/<slug:slug>/desk/scan/", desk.scan, name="desk_scan"),
    path("meetings/<slug:slug>/desk/take-back/", desk.take_back, name="desk_take_back"),
    path("meetings/<slug:slug>/desk/walk-in/", desk.walk_in, name="desk_walk_in"),
    path("meetings/<slug:slug>/desk/count/", desk.count, name="desk_count"),
    path("meetings/<slug:slug>/desk/people/", desk.people, name="desk_people"),
    path("registrations/<slug:reference>/", registration.registration, name="registration"),
    path("registrations/<slug:reference>/approve/", secretariat.approve, name="approve"),
    path("registrations/<slug:reference>/decline/", secretariat.decline, name="decline"),
    path("registrations/<slug:reference>/cancel/", registration.cancel, name="cancel"),
    path("registrations/<slug:reference>/data.zip", privacy.export_data, name="registration_data"),
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
    path("desk-worker.js", desk.worker, name="desk_worker"),
    path("calendar.ics", feeds.calendar, name="calendar"),
    path("meetings/<slug:slug>/meeting.ics", feeds.meeting, name="meeting"),
    path("meetings/<slug:slug>/documents/<int:pk>/", feeds.document, name="document"),
    path("registrations/<slug:reference>.ics", feeds.registration, name="registration"),
]
