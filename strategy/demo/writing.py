"""The drafters at work on the next draft: acts of writing, a lock that was broken, one that is live, a file that came back."""

from dataclasses import replace
from datetime import datetime, timedelta

from django.utils import timezone

from directory.demo import content
from directory.models import User
from strategy.demo.history import Cast
from strategy.demo.word_file import with_tracked_changes
from strategy.documents.word_writing import draft_docx
from strategy.enums import WritingKind
from strategy.models import Draft, LeaseBreak, Paragraph, ParagraphLease, ParagraphRevision, WritingAct
from strategy.services.imports import read_import
from strategy.services.leases import release_lease
from strategy.services.record import state_of
from strategy.services.words import Words
from strategy.services.writing import save_paragraph

# The lock of the demo is there whenever somebody looks, so it lasts longer than a real one.
LASTS = timedelta(days=60)
_DAYS_AGO = {"3": 6, "5": 4, "12": 2, "20": 1}


def load(draft: Draft, cast: Cast) -> None:
    """Let two drafters have written in `draft`; the text itself stays as the content has it."""
    now = timezone.now()
    drafter, other = cast.drafter, cast.second_drafter
    for number, days in _DAYS_AGO.items():
        row = draft.paragraphs.filter(number=number).first()
        if row:
            _written(draft, row, drafter if days % 4 else other, now - timedelta(days=days, hours=3))
    held = draft.paragraphs.filter(number="7").first()
    broken = draft.paragraphs.filter(number="12").first()
    if held:
        ParagraphLease.objects.create(paragraph=held, holder=other, since=now - timedelta(minutes=7), until=now + LASTS)
    if broken:
        trace = LeaseBreak.objects.create(
            draft=draft, uid=broken.uid, number=broken.number, holder=other, held_since=now - timedelta(days=2, hours=4),
            by=drafter, reason="Agreed by telephone: the paragraph is needed for the plenary paper today.",
        )  # fmt: skip
        LeaseBreak.objects.filter(pk=trace.pk).update(at=now - timedelta(days=2, hours=3, minutes=10))
    _bring_in(draft, cast, now)


def _bring_in(draft: Draft, cast: Cast, now: datetime) -> None:
    """A Word file with tracked changes waits; one of its paragraphs was changed here, too, since the file was made."""
    told = content("strategy", "brought-in")
    file = with_tracked_changes(
        draft_docx(draft), told["tracked"], author=told["author"], moment=now - timedelta(days=1, hours=5)
    )
    changed = draft.paragraphs.get(number=told["meanwhile"]["number"])
    text = changed.text.replace(told["meanwhile"]["old"], told["meanwhile"]["new"])
    save_paragraph(paragraph=changed, by=cast.drafter, revision=changed.revision, words=replace(Words.of(changed), text=text))
    release_lease(paragraph=changed, by=cast.drafter)
    read_import(draft=draft, content=file, file_name=told["file"], by=cast.second_drafter)


def _written(draft: Draft, row: Paragraph, by: User, moment: datetime) -> None:
    """The paragraph's last sentence was added by `by`."""
    after = state_of(row, row.origins.all())
    words = row.text.rstrip(".").rsplit(". ", 1)
    shorter = f"{words[0]}." if len(words) == 2 else " ".join(row.text.split()[:-4]) + "."
    act = WritingAct.objects.create(draft=draft, kind=WritingKind.WRITTEN, number=row.number, by=by, at=moment)
    before = {**after, "text": shorter}
    ParagraphRevision.objects.create(act=act, draft=draft, uid=row.uid, before=before, after=after)
