"""Addresses of briefs: pages take a language prefix, files and the feed do not."""

from django.urls import path, re_path

from briefs import feeds, views

app_name = "briefs"

urlpatterns = [
    path("briefs/", views.brief_list, name="list"),
    path("briefs/desk/", views.desk, name="desk"),
    path("briefs/desk/clearance/", views.table, name="clearance_table"),
    path("briefs/desk/clearance.xlsx", views.table_file, name="clearance_table_file"),
    path("briefs/desk/reviews/<int:pk>/", views.review, name="review"),
    path("briefs/desk/reviews/<int:pk>/decline/", views.review_decline, name="review_decline"),
    path("briefs/desk/review/<str:token>/", views.review_by_link, name="review_by_link"),
    path("briefs/<slug:slug>/", views.detail, name="detail"),
    path("briefs/<slug:slug>/editions/<int:number>/", views.edition, name="edition"),
    path("briefs/<slug:slug>/sections/<int:section_id>/", views.section, name="section"),
    path("briefs/<slug:slug>/sections/<int:section_id>/lease/", views.section_lease, name="section_lease"),
    path("briefs/<slug:slug>/sections/<int:section_id>/leave/", views.section_leave, name="section_leave"),
    path("briefs/<slug:slug>/sections/<int:section_id>/lock/", views.section_lock, name="section_lock"),
    path("briefs/<slug:slug>/sections/<int:section_id>/paste/", views.section_paste, name="section_paste"),
    path("briefs/<slug:slug>/sections/<int:section_id>/history/", views.section_history, name="section_history"),
    path("briefs/<slug:slug>/sections/<int:section_id>/restore/", views.section_restore, name="section_restore"),
    path("briefs/<slug:slug>/sections/<int:section_id>/comments/", views.section_comments, name="section_comments"),
    path(
        "briefs/<slug:slug>/sections/<int:section_id>/comments/<int:comment_id>/", views.section_comment, name="section_comment"
    ),
    path("briefs/<slug:slug>/import/", views.import_text, name="import"),
    path("briefs/<slug:slug>/import/<int:pk>/", views.import_preview, name="import_preview"),
    path("briefs/<slug:slug>/import/<int:pk>/stop/", views.import_stop, name="import_stop"),
    path("briefs/<slug:slug>/import/<int:pk>/pictures/<int:place>/", views.import_picture, name="import_picture"),
    path("briefs/<slug:slug>/start-clearance/", views.start, name="start_clearance"),
    path("briefs/<slug:slug>/clear/", views.clear, name="clear"),
    path("briefs/<slug:slug>/clearance/extend/", views.extend, name="extend_clearance"),
    path("briefs/<slug:slug>/clearance/<slug:code>/go-on/", views.go_on, name="go_on_without"),
    path("briefs/<slug:slug>/reviews/", views.review_list, name="reviews"),
    path("briefs/<slug:slug>/reviews/open/", views.review_open, name="review_open"),
    path("briefs/<slug:slug>/reviews/<int:number>/", views.review_round, name="review_round"),
    path("briefs/<slug:slug>/reviews/<int:number>/invite/", views.review_invite, name="review_invite"),
    path("briefs/<slug:slug>/reviews/<int:number>/close/", views.review_close, name="review_close"),
    path(
        "briefs/<slug:slug>/reviews/<int:number>/reviewers/<int:pk>/again/",
        views.reviewer_act,
        {"act": "again"},
        name="reviewer_again",
    ),
    path(
        "briefs/<slug:slug>/reviews/<int:number>/reviewers/<int:pk>/revoke/",
        views.reviewer_act,
        {"act": "revoke"},
        name="reviewer_revoke",
    ),
    path("briefs/<slug:slug>/reviews/<int:number>/points/<int:pk>/", views.review_reply, name="review_reply"),
    path("briefs/<slug:slug>/checklist/", views.checklist, name="checklist"),
    path("briefs/<slug:slug>/checklist/try/", views.try_files, name="try_pdf"),
    path("briefs/<slug:slug>/checklist/acknowledge/", views.acknowledge, name="acknowledge_warnings"),
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
