"""Erasing a person in policy briefs: people from outside are there by name and address, colleagues in what was said."""

from django.db import transaction
from django.db.models import CharField, Q, Value
from django.db.models.functions import Cast, Concat

from briefs.models import (
    BriefAgency,
    BriefImport,
    EmbargoReader,
    MatterChange,
    Reviewer,
    ReviewPoint,
    ReviewRound,
    SectionComment,
    SectionCommentChange,
    SectionLease,
    SectionLeaseBreak,
    SectionReply,
    SectionRevision,
)
from briefs.services.imports import forget_document
from briefs.services.retention import forget_readers
from directory.models import User
from directory.services.erasure import ERASED_DOMAIN, is_any_of
from directory.services.traces import Traces, mentioning, take_out


@transaction.atomic
def erase_person(*, user: User, traces: Traces) -> None:
    """Take name, address and unfinished words of a reviewer out; reviews that were handed in stay, as anybody's."""
    Reviewer.objects.filter(user=user).update(affiliation="", draft={}, decline_reason="")
    Reviewer.objects.filter(is_any_of("address", traces.addresses)).update(
        name="–",
        address=Concat(Value("erased-"), Cast("pk", CharField()), Value(f"@{ERASED_DOMAIN}")),
        affiliation="",
        draft={},
        decline_reason="",
        session_link=None,
    )
    forget_readers(EmbargoReader.objects.filter(is_any_of("email", traces.addresses)))
    take_out(ReviewPoint.objects.all(), traces, "text", "reply")
    take_out(Reviewer.objects.all(), traces, "to_editors")
    take_out(ReviewRound.objects.all(), traces, "letter", "invitation")
    take_out(BriefAgency.objects.all(), traces, "waiver_reason")
    _erase_in_writing(user=user, traces=traces)


def _erase_in_writing(*, user: User, traces: Traces) -> None:
    """Take the name out of the talk about sections and of the notes on changes.

    Sections and their revisions are the agencies' text, bound by hashes: they stay. So does what was removed from it.
    """
    take_out(SectionComment.objects.all(), traces, "text", "proposal")
    take_out(SectionReply.objects.all(), traces, "text")
    take_out(SectionCommentChange.objects.all(), traces, "reason")
    take_out(SectionLeaseBreak.objects.all(), traces, "reason")
    take_out(SectionRevision.objects.all(), traces, "note")
    _take_out_of_notes(traces)
    # A file whose import still waits cannot be rewritten: it goes. What was read of it stays without the person.
    named = mentioning(BriefImport.objects.exclude(file=None), traces, ["file_name", "reading"]).values("pk")
    for record in BriefImport.objects.filter(Q(pk__in=named) | Q(by=user), file__isnull=False).select_related("file"):
        forget_document(record)
    take_out(BriefImport.objects.all(), traces, "file_name", "reading")
    SectionLease.objects.filter(holder=user).delete()


def _take_out_of_notes(traces: Traces) -> None:
    """Of the trace of changes only what a person said about a change: `kept` holds the agencies' words."""
    for row in mentioning(MatterChange.objects.filter(kept__has_any_keys=["note", "reason"]), traces, ["kept", "act"]):
        said = {name: traces.taken_out_of(row.kept[name]) for name in ("note", "reason") if row.kept.get(name)}
        # The act repeats the reason for which a section was removed.
        act = traces.taken_out_of(row.act) if row.kept.get("reason") else row.act
        MatterChange.objects.filter(pk=row.pk).update(kept={**row.kept, **said}, act=act)
