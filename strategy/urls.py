"""Addresses of the strategy; all take a language prefix."""

from django.urls import path

from strategy.views import answers, batch, matrix, positions, progress, reading, threads

app_name = "strategy"

urlpatterns = [
    path("strategy/", reading.strategy_list, name="list"),
    path("strategy/<slug:slug>/", reading.overview, name="overview"),
    path("strategy/<slug:slug>/drafts/<int:number>/", reading.draft_page, name="draft"),
    path("strategy/<slug:slug>/drafts/<int:number>/publish/", reading.publish, name="publish"),
    path("strategy/<slug:slug>/drafts/<int:number>/compare/<int:other>/", reading.compare, name="compare"),
    path("strategy/<slug:slug>/drafts/<int:number>/comments/", threads.thread, name="whole"),
    path("strategy/<slug:slug>/drafts/<int:number>/paragraphs/<slug:anchor>/", threads.thread, name="paragraph"),
    path("strategy/<slug:slug>/comments/<int:pk>/edit/", threads.edit, name="edit"),
    path("strategy/<slug:slug>/comments/<int:pk>/clear/", threads.clear, name="clear"),
    path("strategy/<slug:slug>/comments/<int:pk>/drop/", threads.drop, name="drop"),
    path("strategy/<slug:slug>/comments/<int:pk>/reopen/", threads.reopen, name="reopen"),
    path("strategy/<slug:slug>/comments/<int:pk>/replies/", threads.reply, name="reply"),
    path("strategy/<slug:slug>/position/", positions.position, name="position"),
    path("strategy/<slug:slug>/position/submit/", positions.submit, name="submit"),
    path("strategy/<slug:slug>/position/withdraw/", positions.withdraw, name="withdraw"),
    path("strategy/<slug:slug>/answers/", answers.answers, name="answers"),
    path("strategy/<slug:slug>/answers/release/", answers.release, name="release"),
    path("strategy/<slug:slug>/answers/batch/", batch.batch, name="batch"),
    path("strategy/<slug:slug>/progress/", progress.progress, name="progress"),
    path("strategy/<slug:slug>/matrix/", matrix.matrix, name="matrix"),
    path("strategy/<slug:slug>/matrix/make/", matrix.make, name="make_matrix"),
    path("strategy/<slug:slug>/matrix/files/<uuid:job_id>/", matrix.matrix_file, name="matrix_file"),
    path("strategy/<slug:slug>/matrix/returned/<int:pk>/", matrix.preview, name="matrix_import"),
    path("strategy/<slug:slug>/matrix/returned/<int:pk>/apply/", matrix.apply, name="apply_matrix"),
    path("strategy/<slug:slug>/position/offline/", matrix.offline, name="offline"),
    path("strategy/<slug:slug>/position/offline/template/", matrix.template, name="offline_template"),
    path("strategy/<slug:slug>/answers/<int:pk>/", answers.answer, name="answer"),
]
