"""Addresses of solutions: pages take a language prefix, files do not."""

from django.urls import path

from solutions.views import catalogue, review, submission

app_name = "solutions"

urlpatterns = [
    path("solutions/", catalogue.solution_list, name="list"),
    path("solutions/submit/", submission.submit, name="submit"),
    path("solutions/mine/", submission.mine, name="mine"),
    path("solutions/<slug:slug>/", catalogue.solution_detail, name="detail"),
    path("solutions/<slug:slug>/edit/", submission.edit, name="edit"),
    path("solutions/<slug:slug>/review/", review.review, name="review"),
    path("solutions/<slug:slug>/withdraw/", review.withdraw, name="withdraw"),
]
file_urlpatterns = [
    path("solutions/export.csv", catalogue.export, name="export"),
]
