"""Addresses of briefs: pages take a language prefix, files and the feed do not."""

from django.urls import path, re_path

from briefs import feeds, views
from briefs.views import matter, series, sources

app_name = "briefs"

urlpatterns = [
    path("briefs/", views.brief_list, name="list"),
    path("briefs/desk/", views.desk, name="desk"),
    path("briefs/new/", matter.new_brief, name="new"),
    path("briefs/series/new/", series.new_series, name="new_series"),
    path("briefs/series/<slug:slug>/", series.series, name="series"),
    path("briefs/series/<slug:slug>/edit/", series.edit_series, name="edit_series"),
    path("briefs/<slug:slug>/", views.detail, name="detail"),
    path("briefs/<slug:slug>/contents/", matter.contents, name="contents"),
    path("briefs/<slug:slug>/contents/words/", matter.edit_brief, name="edit_brief"),
    path("briefs/<slug:slug>/contents/agencies/", matter.agencies, name="agencies"),
    path("briefs/<slug:slug>/contents/footnotes/", matter.footnotes, name="footnotes"),
    path("briefs/<slug:slug>/contents/citations/", matter.citations, name="citations"),
    path("briefs/<slug:slug>/contents/cite/", matter.cite, name="cite"),
    path("briefs/<slug:slug>/contents/parts/new/", matter.new_part, name="new_part"),
    path("briefs/<slug:slug>/contents/parts/<int:section_id>/", matter.edit_part, name="edit_part"),
    path("briefs/<slug:slug>/contents/parts/<int:section_id>/move/", matter.move_part, name="move_part"),
    path("briefs/<slug:slug>/contents/parts/<int:section_id>/remove/", matter.remove_part, name="remove_part"),
    path("briefs/<slug:slug>/contents/new-figure/<slug:kind>/", sources.new_figure, name="new_figure"),
    path("briefs/<slug:slug>/contents/figures/<slug:key>/", sources.figure, name="figure"),
    path("briefs/<slug:slug>/contents/figures/<slug:key>/remove/", sources.drop_figure, name="drop_figure"),
    path("briefs/<slug:slug>/contents/new-reference/", sources.new_reference, name="new_reference"),
    path("briefs/<slug:slug>/contents/bring-references/", sources.bring_references, name="bring_references"),
    path("briefs/<slug:slug>/contents/references/<slug:key>/", sources.reference, name="reference"),
    path("briefs/<slug:slug>/contents/references/<slug:key>/remove/", sources.drop_reference, name="drop_reference"),
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
    path("briefs/feed/", feeds.feed, name="feed"),
    path("briefs/<slug:slug>/pdf/", views.edition_file, {"name": "pdf"}, name="pdf"),
    path("briefs/<slug:slug>/print/", views.edition_file, {"name": "print"}, name="print"),
    path("briefs/<slug:slug>/archive/", views.edition_file, {"name": "archive"}, name="archive"),
    path("briefs/<slug:slug>/figures/<slug:key>/picture/", views.picture, name="picture"),
    path("briefs/<slug:slug>/editions/<int:number>/figures/<slug:key>/", views.edition_picture, name="edition_picture"),
    re_path(
        r"^briefs/(?P<slug>[-\w]+)/editions/(?P<number>\d{1,4})/(?P<name>pdf|print|archive)/$",
        views.edition_file,
        name="edition_file",
    ),
]
