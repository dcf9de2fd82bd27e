"""Addresses of briefs: pages take a language prefix, files and the feed do not."""

from django.urls import path, re_path

from briefs import feeds, views

app_name = "briefs"

urlpatterns = [
    path("briefs/", views.brief_list, name="list"),
    path("briefs/desk/", views.desk, name="desk"),
    path("briefs/<slug:slug>/", views.detail, name="detail"),
    path("briefs/<slug:slug>/editions/<int:number>/", views.edition, name="edition"),
    path("briefs/<slug:slug>/sections/<int:section_id>/", views.section, name="section"),
    path("briefs/<slug:slug>/start-clearance/", views.start, name="start_clearance"),
    path("briefs/<slug:slug>/clear/", views.clear, name="clear"),
    path("briefs/<slug:slug>/publish/", views.publish, name="publish"),
    path("briefs/<slug:slug>/withdraw/", views.withdraw, name="withdraw"),
    path("briefs/<slug:slug>/revise/", views.revise, name="revise"),
    path("briefs/<slug:slug>/make-files/", views.render_files, name="render_files"),
    path("briefs/<slug:slug>/print-by-fours/", views.make_print_by_fours, name="make_print_by_fours"),
    path("briefs/<slug:slug>/print-by-fours/<uuid:job_id>/", views.print_by_fours_file, name="print_by_fours_file"),
]
file_urlpatterns = [
    path("briefs/feed/", feeds.feed, name="feed"),
    path("briefs/<slug:slug>/pdf/", views.edition_file, {"name": "pdf"}, name="pdf"),
    path("briefs/<slug:slug>/print/", views.edition_file, {"name": "print"}, name="print"),
    path("briefs/<slug:slug>/archive/", views.edition_file, {"name": "archive"}, name="archive"),
    re_path(
        r"^briefs/(?P<slug>[-\w]+)/editions/(?P<number>\d{1,4})/(?P<name>pdf|print|archive)/$",
        views.edition_file,
        name="edition_file",
    ),
]
