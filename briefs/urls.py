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
    path("briefs/<slug:slug>/publication/", views.publication, name="publication"),
    path("briefs/<slug:slug>/publication/take-back/", views.take_back, name="take_back"),
    path("briefs/<slug:slug>/publication/readers/", views.add_reader, name="add_reader"),
    path("briefs/<slug:slug>/publication/readers/<int:reader_id>/revoke/", views.revoke, name="revoke_reader"),
    path("briefs/<slug:slug>/editions/<int:number>/correct/", views.correct, name="correct"),
    path("briefs/<slug:slug>/translate/", views.translate, name="translate"),
    path("briefs/<slug:slug>/source/", views.source, name="source"),
    path("briefs/<slug:slug>/embargo/", views.embargo, name="embargo"),
    re_path(r"^briefs/(?P<slug>[-\w]+)/embargo/(?P<name>pdf|print|archive)/$", views.embargo_file, name="embargo_file"),
    # A token has a colon, which no short name has.
    re_path(r"^briefs/embargo/(?P<token>\d{1,12}:[-\w]{20,100})/$", views.embargo_by_link, name="embargo_by_link"),
    re_path(
        r"^briefs/embargo/(?P<token>\d{1,12}:[-\w]{20,100})/(?P<name>pdf|print|archive)/$",
        views.embargo_file_by_link,
        name="embargo_file_by_link",
    ),
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
    re_path(
        r"^briefs/(?P<slug>[-\w]+)/editions/(?P<number>\d{1,4})/(?P<name>pdf|print|archive)/(?P<sha256>[0-9a-f]{64})/$",
        views.file_by_hash,
        name="by_hash",
    ),
]
