"""Addresses of the strategy; all take a language prefix."""

from django.urls import path

from strategy.views import answers, positions, reading, setup, threads, writing

app_name = "strategy"

urlpatterns = [
    path("strategy/", reading.strategy_list, name="list"),
    path("strategy/new/", setup.new_strategy, name="new"),
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
    path("strategy/<slug:slug>/answers/<int:pk>/", answers.answer, name="answer"),
    path("strategy/<slug:slug>/title/", setup.edit_strategy, name="edit_strategy"),
    path("strategy/<slug:slug>/drafts/new/", setup.new_draft, name="new_draft"),
    path("strategy/<slug:slug>/drafts/<int:number>/discard/", setup.discard, name="discard"),
    path("strategy/<slug:slug>/drafts/<int:number>/write/", writing.write, name="write"),
    path("strategy/<slug:slug>/drafts/<int:number>/write/new/", writing.add, name="write_add"),
    path("strategy/<slug:slug>/drafts/<int:number>/write/undo/", writing.undo, name="write_undo"),
    path("strategy/<slug:slug>/drafts/<int:number>/write/numbers/", writing.renumber, name="write_renumber"),
    path("strategy/<slug:slug>/drafts/<int:number>/write/history/", writing.draft_history, name="write_histories"),
    path("strategy/<slug:slug>/drafts/<int:number>/write/restore/<int:pk>/", writing.restore, name="write_restore"),
    path("strategy/<slug:slug>/drafts/<int:number>/write/<uuid:uid>/", writing.edit, name="write_paragraph"),
    path("strategy/<slug:slug>/drafts/<int:number>/write/<uuid:uid>/act/", writing.act, name="write_act"),
    path("strategy/<slug:slug>/drafts/<int:number>/write/<uuid:uid>/split/", writing.split, name="write_split"),
    path("strategy/<slug:slug>/drafts/<int:number>/write/<uuid:uid>/delete/", writing.delete, name="write_delete"),
    path("strategy/<slug:slug>/drafts/<int:number>/write/<uuid:uid>/lock/", writing.lock, name="write_lock"),
    path("strategy/<slug:slug>/drafts/<int:number>/write/<uuid:uid>/history/", writing.draft_history, name="write_history"),
]
