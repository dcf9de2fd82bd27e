"""Addresses of the strategy; all take a language prefix."""

from django.urls import path

from strategy.views import (
    adoption,
    answers,
    exports,
    imports,
    lineage,
    merging,
    open_threads,
    positions,
    reading,
    rounds,
    threads,
)

app_name = "strategy"

urlpatterns = [
    path("strategy/", reading.strategy_list, name="list"),
    path("strategy/certificates/<slug:code>/", adoption.verify, name="verify_certificate"),
    path("strategy/<slug:slug>/", reading.overview, name="overview"),
    path("strategy/<slug:slug>/drafts/<int:number>/", reading.draft_page, name="draft"),
    path("strategy/<slug:slug>/drafts/<int:number>/publish/", reading.publish, name="publish"),
    path("strategy/<slug:slug>/drafts/<int:number>/compare/<int:other>/", lineage.compare, name="compare"),
    path("strategy/<slug:slug>/drafts/<int:number>/lineage/", lineage.lineage, name="lineage"),
    path("strategy/<slug:slug>/drafts/<int:number>/verify/", lineage.verify, name="verify"),
    path("strategy/<slug:slug>/compare/", lineage.compare_any, name="compare_any"),
    path("strategy/<slug:slug>/drafts/<int:number>/text.<str:ending>", exports.download, name="download"),
    path("strategy/<slug:slug>/drafts/<int:number>/import/", imports.import_text, name="import_text"),
    path("strategy/<slug:slug>/drafts/<int:number>/import/<int:pk>/", imports.import_page, name="import"),
    path("strategy/<slug:slug>/drafts/<int:number>/import/<int:pk>/changes/", imports.import_changes, name="import_changes"),
    path("strategy/<slug:slug>/drafts/<int:number>/import/<int:pk>/stop/", imports.import_stop, name="import_stop"),
    path("strategy/<slug:slug>/drafts/<int:number>/import/<int:pk>/notes.txt", imports.import_notes, name="import_notes"),
    path("strategy/<slug:slug>/drafts/<int:number>/comments/", threads.thread, name="whole"),
    path("strategy/<slug:slug>/drafts/<int:number>/paragraphs/<slug:anchor>/", threads.thread, name="paragraph"),
    path("strategy/<slug:slug>/comments/<int:pk>/edit/", threads.edit, name="edit"),
    path("strategy/<slug:slug>/comments/<int:pk>/clear/", threads.clear, name="clear"),
    path("strategy/<slug:slug>/comments/<int:pk>/drop/", threads.drop, name="drop"),
    path("strategy/<slug:slug>/comments/<int:pk>/reopen/", threads.reopen, name="reopen"),
    path("strategy/<slug:slug>/comments/<int:pk>/replies/", threads.reply, name="reply"),
    path("strategy/<slug:slug>/drafts/<int:number>/detached/", open_threads.detached, name="detached"),
    path("strategy/<slug:slug>/comments/<int:pk>/readers/", open_threads.reply_readers, name="reply_readers"),
    path("strategy/<slug:slug>/comments/<int:pk>/pin/", open_threads.pin, name="pin"),
    path("strategy/<slug:slug>/comments/<int:pk>/admit/", open_threads.admit, name="admit"),
    path("strategy/<slug:slug>/comments/<int:pk>/turn-down/", open_threads.turn_down, name="turn_down"),
    path("strategy/<slug:slug>/moderation/", open_threads.moderation, name="moderation"),
    path("strategy/<slug:slug>/position/merge/", merging.merge, name="merge"),
    path("strategy/<slug:slug>/drafts/<int:number>/round/", rounds.new, name="round_new"),
    path("strategy/<slug:slug>/rounds/<int:pk>/", rounds.page, name="round"),
    path("strategy/<slug:slug>/rounds/<int:pk>/edit/", rounds.edit, name="round_edit"),
    path("strategy/<slug:slug>/rounds/<int:pk>/object/", adoption.lodge, name="object"),
    path("strategy/<slug:slug>/rounds/<int:pk>/object/withdraw/", adoption.take_back, name="object_withdraw"),
    path("strategy/<slug:slug>/rounds/<int:pk>/endorse/", adoption.endorse, name="endorse"),
    path("strategy/<slug:slug>/rounds/<int:pk>/certificate/", adoption.certificate, name="certificate"),
    path(
        "strategy/<slug:slug>/rounds/<int:pk>/certificate/<slug:agency>/", adoption.agency_certificate, name="agency_certificate"
    ),
    path("strategy/<slug:slug>/rounds/<int:pk>/<slug:name>/", rounds.act, name="round_act"),
    path("strategy/<slug:slug>/position/", positions.position, name="position"),
    path("strategy/<slug:slug>/position/submit/", positions.submit, name="submit"),
    path("strategy/<slug:slug>/position/withdraw/", positions.withdraw, name="withdraw"),
    path("strategy/<slug:slug>/answers/", answers.answers, name="answers"),
    path("strategy/<slug:slug>/answers/release/", answers.release, name="release"),
    path("strategy/<slug:slug>/answers/<int:pk>/", answers.answer, name="answer"),
]
