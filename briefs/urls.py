"""Addresses of briefs: pages take a language prefix, files, feeds and the archive for libraries do not."""

from django.urls import path, re_path

from briefs import feeds, oai, views

app_name = "briefs"

urlpatterns = [
    path("briefs/", views.brief_list, name="list"),
    path("briefs/desk/", views.desk, name="desk"),
    path("briefs/desk/downloads/", views.downloads, name="downloads"),
    path("briefs/<slug:slug>/", views.detail, name="detail"),
    path("briefs/<slug:slug>/editions/<int:number>/", views.edition, name="edition"),
    path("briefs/<slug:slug>/sections/<int:section_id>/", views.section, name="section"),
    path("briefs/<slug:slug>/start-clearance/", views.start, name="start_clearance"),
    path("briefs/<slug:slug>/clear/", views.clear, name="clear"),
    path("briefs/<slug:slug>/publish/", views.publish, name="publish"),
    path("briefs/<slug:slug>/withdraw/", views.withdraw, name="withdraw"),
    path("briefs/<slug:slug>/revise/", views.revise, name="revise"),
    path("briefs/<slug:slug>/make-files/", views.render_files, name="render_files"),
]
file_urlpatterns = [
    path("oai/", oai.oai, name="oai"),
    path("briefs/feed/", feeds.feed, name="feed"),
    path("briefs/feed/rss/", feeds.feed, {"form": "rss"}, name="feed_rss"),
    re_path(r"^briefs/feed/(?P<kind>series|language|theme|sdg)/(?P<value>[-\w]{1,60})/$", feeds.feed, name="feed_of"),
    re_path(
        r"^briefs/feed/(?P<kind>series|language|theme|sdg)/(?P<value>[-\w]{1,60})/rss/$",
        feeds.feed,
        {"form": "rss"},
        name="feed_of_rss",
    ),
    path("briefs/<slug:slug>/cite/<slug:form>/", views.citation, name="cite"),
    path("briefs/<slug:slug>/press-kit/", views.press_kit, name="press_kit"),
    re_path(
        r"^briefs/(?P<slug>[-\w]+)/editions/(?P<number>\d{1,4})/cite/(?P<form>[-\w]+)/$", views.citation, name="cite_edition"
    ),
    re_path(r"^briefs/(?P<slug>[-\w]+)/editions/(?P<number>\d{1,4})/press-kit/$", views.press_kit, name="press_kit_of_edition"),
    path("briefs/<slug:slug>/pdf/", views.edition_file, {"name": "pdf"}, name="pdf"),
    path("briefs/<slug:slug>/print/", views.edition_file, {"name": "print"}, name="print"),
    path("briefs/<slug:slug>/archive/", views.edition_file, {"name": "archive"}, name="archive"),
    re_path(
        r"^briefs/(?P<slug>[-\w]+)/editions/(?P<number>\d{1,4})/(?P<name>pdf|print|archive)/$",
        views.edition_file,
        name="edition_file",
    ),
]
