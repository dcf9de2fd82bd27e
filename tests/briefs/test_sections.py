"""Writing sections together: leases, revisions, comments and suggestions – the verbs and who sees what."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from briefs import services
from briefs.enums import BriefState, CommentState
from briefs.models import (
    BriefImport,
    Section,
    SectionComment,
    SectionLease,
    SectionLeaseBreak,
    SectionReply,
    SectionRevision,
)
from briefs.selectors.words import compare_revisions, lines_of, occurrences, with_words_replaced
from briefs.selectors.writing import revisions_of
from common.access import Refused
from notifications.models import Notification
from tests.conftest import Cast
from tests.factories.briefs import brief_by, in_state

pytestmark = pytest.mark.django_db
INSIDERS = {"secretariat", "drafter", "focal_undp", "focal_fao", "contributor_undp"}


@pytest.fixture
def section(cast: Cast) -> Section:
    return brief_by().sections.select_related("brief", "organization").get(organization__code="undp")


def save(section: Section, by: Any, version: int = 1, **words: Any) -> Section:
    values = {"heading": "New", "body": "<p>New words</p>", **words}
    return services.save_section(section=section, by=by, version=version, **values)


def told(kind: str) -> list[Any]:
    return [row.recipient for row in Notification.objects.filter(kind=kind).order_by("pk")]


# --- leases ---


def test_whoever_opens_a_section_holds_it_and_a_colleague_is_told_who(section: Section, cast: Cast) -> None:
    services.take_lease(section=section, by=cast.contributor_undp)
    with pytest.raises(Refused, match=str(cast.contributor_undp)):
        services.take_lease(section=section, by=cast.focal_undp)
    with pytest.raises(Refused, match="is writing in this section"):
        save(section, cast.focal_undp)
    section.refresh_from_db()
    assert section.version == 1


def test_lease_ends_by_itself_and_is_renewed_by_its_holder(section: Section, cast: Cast) -> None:
    first = services.take_lease(section=section, by=cast.contributor_undp)
    again = services.take_lease(section=section, by=cast.contributor_undp)
    assert again.since == first.since
    SectionLease.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert services.take_lease(section=section, by=cast.focal_undp).holder == cast.focal_undp


def test_taking_over_needs_a_reason_leaves_a_trace_and_tells_the_holder(section: Section, cast: Cast) -> None:
    services.take_lease(section=section, by=cast.contributor_undp)
    with pytest.raises(Refused, match="Say why"):
        services.take_over_lease(section=section, by=cast.focal_undp, reason=" ")
    services.take_over_lease(section=section, by=cast.focal_undp, reason="The deadline is today.")
    trace = SectionLeaseBreak.objects.get()
    assert (trace.holder, trace.by, trace.reason) == (cast.contributor_undp, cast.focal_undp, "The deadline is today.")
    assert told("briefs.lease_taken_over") == [cast.contributor_undp]
    assert save(section, cast.focal_undp).version == 2
    with pytest.raises(services.SectionChanged):
        save(section, cast.contributor_undp)


def test_nothing_is_taken_over_where_nobody_writes(section: Section, cast: Cast) -> None:
    with pytest.raises(Refused, match="Nobody else is writing"):
        services.take_over_lease(section=section, by=cast.focal_undp, reason="x")


def test_only_the_holder_releases(section: Section, cast: Cast) -> None:
    services.take_lease(section=section, by=cast.contributor_undp)
    services.release_lease(section=section, by=cast.focal_undp)
    assert SectionLease.objects.count() == 1
    services.release_lease(section=section, by=cast.contributor_undp)
    assert SectionLease.objects.count() == 0


@pytest.mark.parametrize("who", ["focal_fao", "secretariat", "outsider", "administrator"])
def test_only_the_agency_that_writes_a_section_holds_it(section: Section, cast: Cast, who: str) -> None:
    with pytest.raises(PermissionDenied):
        services.take_lease(section=section, by=getattr(cast, who))


def test_published_brief_is_held_by_nobody(section: Section, cast: Cast) -> None:
    in_state(brief_by(state=BriefState.PUBLISHED), BriefState.PUBLISHED)
    published = brief_by(state=BriefState.PUBLISHED).sections.get(organization__code="undp")
    with pytest.raises(Refused, match="open it for a new edition"):
        services.take_lease(section=published, by=cast.focal_undp)


# --- revisions ---


def test_every_save_is_a_revision_with_what_stood_there_before(section: Section, cast: Cast) -> None:
    before = section.body
    save(section, cast.focal_undp, is_editorial=True, note=" A comma. ")
    rows = list(SectionRevision.objects.order_by("version").values_list("version", "body", "is_editorial", "note", "by"))
    assert rows == [(1, before, False, "", None), (2, "<p>New words</p>", True, "A comma.", cast.focal_undp.pk)]


def test_save_that_changes_nothing_is_no_revision(section: Section, cast: Cast) -> None:
    save(section, cast.focal_undp, heading=section.heading, body=section.body)
    assert SectionRevision.objects.count() == 0
    assert [row.version for row in revisions_of(section, cast.focal_undp)] == [1]


def test_restored_revision_becomes_a_new_one(section: Section, cast: Cast) -> None:
    before = section.body
    save(section, cast.focal_undp)
    first = SectionRevision.objects.get(version=1)
    restored = services.restore_revision(revision=first, by=cast.contributor_undp, version=2)
    assert (restored.body, restored.version) == (before, 3)
    assert SectionRevision.objects.get(version=3).note == "Restored from version 1."
    with pytest.raises(services.SectionChanged):
        services.restore_revision(revision=first, by=cast.contributor_undp, version=2)


def test_two_revisions_of_one_version_cannot_be() -> None:
    section = brief_by().sections.first()
    SectionRevision.objects.create(section=section, version=1, heading="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        SectionRevision.objects.create(section=section, version=1, heading="y")


def test_comparison_pairs_lines_and_says_aloud_what_changed() -> None:
    old = SectionRevision(version=1, heading="Same", body="<p>The old pump runs well.</p><p>Gone.</p><ul><li>One</li></ul>")
    new = SectionRevision(
        version=2, heading="Same", body="<p>The new pump runs well.</p><ul><li>One</li><li>Two &amp; more</li></ul>"
    )
    lines = compare_revisions(old, new)
    assert [line.is_changed for line in lines] == [False, True, True, False, True]
    assert "<del>" in lines[1].old
    assert "<ins>" not in lines[1].old
    assert "added:" in lines[1].new
    assert "taken out:" in lines[1].inline
    assert "Two &amp; more" in lines[4].new
    assert lines[4].old == ""


def test_words_of_a_table_are_lines_with_bars() -> None:
    assert lines_of("<table><tr><th>A</th><td>b &lt; c</td></tr></table><p>x<br>y</p>") == ["A | b < c", "x", "y"]


# --- comments and suggestions ---


@pytest.mark.parametrize(
    ("body", "quote", "proposal", "expected"),
    [
        ("<p>One two three</p>", "two", "2", "<p>One 2 three</p>"),
        ("<p>One <em>two</em> three</p>", "One two", "1 2", "<p>1 2<em></em> three</p>"),
        ("<p>a &amp; b</p>", "a & b", "a < b", "<p>a &lt; b</p>"),
        ("<p>One\n  two</p>", "One two", "", "<p></p>"),
        ("<p>One</p><p>two</p>", "One two", "x", None),
        ("<p>two two</p>", "two", "x", None),
        ("<p>One</p>", "two", "x", None),
    ],
)
def test_quoted_words_are_replaced_where_they_stand_once(body: str, quote: str, proposal: str, expected: str | None) -> None:
    assert with_words_replaced(body, quote, proposal) == expected


def test_occurrences_are_counted_as_a_reader_sees_them() -> None:
    assert occurrences("<p>a <em>b</em> a b</p>", " a  b ") == 2


def test_colleague_of_another_agency_suggests_and_the_owner_accepts(section: Section, cast: Cast) -> None:
    comment = services.write_comment(
        section=section, by=cast.focal_fao, text="Shorter.", quote="Because it does", proposal="It does"
    )
    assert (comment.organization.code, comment.version, comment.kind) == ("fao", 1, "suggestion")
    assert told("briefs.section_comment") == [cast.focal_undp]
    assert "Because" not in str(Notification.objects.get(kind="briefs.section_comment").context)
    saved = services.accept_suggestion(comment=comment, by=cast.contributor_undp, version=1, is_editorial=True)
    assert (saved.body, saved.version) == ("<p>It does.[^1]</p>", 2)
    revision = SectionRevision.objects.get(version=2)
    assert (revision.is_editorial, revision.by) == (True, cast.contributor_undp)
    assert revision.note == f"Suggestion {comment.pk} by FAO, accepted."
    comment.refresh_from_db()
    assert comment.state == CommentState.ACCEPTED
    assert told("briefs.comment_settled") == [cast.focal_fao]
    with pytest.raises(Refused, match="settled already"):
        services.accept_suggestion(comment=comment, by=cast.contributor_undp, version=2)


def test_accepting_against_an_older_version_changes_nothing(section: Section, cast: Cast) -> None:
    comment = services.write_comment(section=section, by=cast.focal_fao, text="", quote="Because", proposal="As")
    save(section, cast.focal_undp, body="<p>Because it does!</p>")
    with pytest.raises(services.SectionChanged):
        services.accept_suggestion(comment=comment, by=cast.focal_undp, version=1)
    comment.refresh_from_db()
    assert comment.is_open


def test_suggestion_whose_words_are_gone_is_refused_with_what_to_do(section: Section, cast: Cast) -> None:
    comment = services.write_comment(section=section, by=cast.focal_fao, text="", quote="Because", proposal="As")
    save(section, cast.focal_undp)
    with pytest.raises(Refused, match="Edit the text by hand"):
        services.accept_suggestion(comment=comment, by=cast.focal_undp, version=2)


@pytest.mark.parametrize("who", ["focal_fao", "secretariat"])
def test_only_the_owner_accepts(section: Section, cast: Cast, who: str) -> None:
    comment = services.write_comment(section=section, by=cast.focal_fao, text="", quote="Because", proposal="As")
    with pytest.raises(PermissionDenied):
        services.accept_suggestion(comment=comment, by=getattr(cast, who), version=1)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"text": " "}, "Write the comment first"),
        ({"text": "x", "quote": "", "proposal": "y"}, "Copy the words"),
        ({"text": "", "quote": "Because", "proposal": "Because"}, "are those of the text"),
        ({"text": "x", "quote": "not there"}, "do not stand in the section"),
        ({"text": "x", "quote": "e"}, "stand in the section"),
        ({"text": "x" * 4001}, "longer than"),
    ],
)
def test_comment_that_says_nothing_is_refused(section: Section, cast: Cast, words: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        services.write_comment(section=section, by=cast.focal_fao, **words)
    assert SectionComment.objects.count() == 0


@pytest.mark.parametrize("who", ["outsider", "focal_who", "focal_samoa", "administrator"])
def test_outsiders_neither_write_nor_see_comments(section: Section, cast: Cast, who: str) -> None:
    with pytest.raises(PermissionDenied):
        services.write_comment(section=section, by=getattr(cast, who), text="x")
    comment = services.write_comment(section=section, by=cast.focal_fao, text="x")
    services.reply_to_comment(comment=comment, by=cast.focal_undp, text="y")
    assert not SectionComment.objects.visible_to(getattr(cast, who)).exists()
    assert not SectionReply.objects.visible_to(getattr(cast, who)).exists()


def test_visible_to_is_the_same_for_everything_around_a_section(section: Section, cast: Cast) -> None:
    comment = services.write_comment(section=section, by=cast.focal_fao, text="x")
    services.reply_to_comment(comment=comment, by=cast.focal_undp, text="y")
    services.take_lease(section=section, by=cast.contributor_undp)
    services.take_over_lease(section=section, by=cast.focal_undp, reason="z")
    save(section, cast.focal_undp)
    for name, user in cast.everyone().items():
        for model in (SectionRevision, SectionComment, SectionReply, SectionLease, SectionLeaseBreak):
            assert model.objects.visible_to(user).exists() == (name in INSIDERS), (name, model)  # type: ignore[attr-defined]
        assert not BriefImport.objects.visible_to(user).exists()


def test_replies_reach_those_who_take_part_once(section: Section, cast: Cast) -> None:
    comment = services.write_comment(section=section, by=cast.focal_fao, text="Question?")
    services.reply_to_comment(comment=comment, by=cast.contributor_undp, text="Answer.")
    services.reply_to_comment(comment=comment, by=cast.secretariat, text="Thanks.")
    assert told("briefs.section_reply") == [
        cast.focal_fao,
        *sorted([cast.focal_fao, cast.contributor_undp], key=lambda one: one.pk),
    ]
    assert [reply.organization.code for reply in comment.replies.all()] == ["undp", "unossc"]
    with pytest.raises(Refused, match="Write the reply first"):
        services.reply_to_comment(comment=comment, by=cast.secretariat, text=" ")


def test_resolved_and_reopened_with_history(section: Section, cast: Cast) -> None:
    comment = services.write_comment(section=section, by=cast.focal_fao, text="Question?")
    services.resolve_comment(comment=comment, by=cast.contributor_undp, reason="Done.")
    with pytest.raises(Refused, match="Say why"):
        services.reopen_comment(comment=comment, by=cast.focal_fao, reason="")
    services.reopen_comment(comment=comment, by=cast.focal_fao, reason="Not quite.")
    history = [(row.old, row.new, row.by, row.reason) for row in comment.state_changes.order_by("pk")]
    assert history == [
        ("", "open", cast.focal_fao, ""),
        ("open", "resolved", cast.contributor_undp, "Done."),
        ("resolved", "open", cast.focal_fao, "Not quite."),
    ]


def test_words_proposed_are_turned_down_with_a_reason(section: Section, cast: Cast) -> None:
    comment = services.write_comment(section=section, by=cast.focal_fao, text="", quote="Because", proposal="As")
    with pytest.raises(Refused, match="Say why the words proposed are not taken"):
        services.resolve_comment(comment=comment, by=cast.focal_undp)
    services.resolve_comment(comment=comment, by=cast.focal_undp, reason="It is stronger as it is.")
    section.refresh_from_db()
    assert section.version == 1


def test_accepting_voids_clearances(cast: Cast) -> None:
    brief = brief_by(state=BriefState.CLEARED)
    section = brief.sections.get(organization__code="undp")
    comment = services.write_comment(section=section, by=cast.focal_fao, text="", quote="Because", proposal="As")
    services.accept_suggestion(comment=comment, by=cast.focal_undp, version=1)
    brief.refresh_from_db()
    assert brief.state == BriefState.DRAFTING


def test_published_brief_takes_no_comments(cast: Cast) -> None:
    section = brief_by(state=BriefState.PUBLISHED).sections.first()
    with pytest.raises(Refused, match="not discussed any more"):
        services.write_comment(section=section, by=cast.focal_fao, text="x")
