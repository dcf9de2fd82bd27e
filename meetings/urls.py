"""Addresses of meetings: pages take a language prefix, files do not."""

from django.urls import path

from meetings import feeds
from meetings.views import calendar, events, floor, groups, meetings, my_programme, programme, registration, reports, secretariat

app_name = "meetings"

urlpatterns = [
    path("meetings/", meetings.meeting_list, name="list"),
    path("meetings/<slug:slug>/", meetings.meeting, name="meeting"),
    path("meetings/<slug:slug>/now/", floor.now, name="now"),
    path("meetings/<slug:slug>/programme/", programme.programme, name="programme"),
    path("meetings/<slug:slug>/programme/working/", programme.working, name="working_programme"),
    path("meetings/<slug:slug>/programme/release/", programme.release, name="release_programme"),
    path("meetings/<slug:slug>/programme/compare/", programme.comparison, name="compare_programme"),
    path("meetings/<slug:slug>/programme/versions/", programme.versions, name="programme_versions"),
    path("meetings/<slug:slug>/programme/versions/<int:number>/", programme.version, name="programme_version"),
    path("meetings/<slug:slug>/programme/mine/", my_programme.mine, name="my_programme"),
    path("meetings/<slug:slug>/programme/mine/star/", my_programme.star, name="star_session"),
    path("meetings/<slug:slug>/programme/mine/news/", my_programme.news, name="programme_news"),
    path("meetings/<slug:slug>/programme/mine/calendar/", my_programme.calendar_token, name="calendar_token"),
    path("meetings/<slug:slug>/sessions/<slug:code>/speakers/", floor.speakers, name="floor"),
    path("meetings/<slug:slug>/sessions/<slug:code>/speakers/ask/", floor.ask, name="ask_floor"),
    path("meetings/<slug:slug>/sessions/<slug:code>/speakers/desk/", floor.desk, name="floor_desk"),
    path("meetings/<slug:slug>/sessions/<slug:code>/speakers/desk/<int:pk>/", floor.act, name="floor_act"),
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
    path("calendar/<str:token>.ics", feeds.personal, name="personal"),
    path("meetings/<slug:slug>/programme.json", feeds.programme_json, name="programme_json"),
    path("meetings/<slug:slug>/programme.pdf", feeds.programme_pdf, name="programme_pdf"),
    path("meetings/<slug:slug>/meeting.ics", feeds.meeting, name="meeting"),
    path("meetings/<slug:slug>/documents/<int:pk>/", feeds.document, name="document"),
    path("registrations/<slug:reference>.ics", feeds.registration, name="registration"),
]
