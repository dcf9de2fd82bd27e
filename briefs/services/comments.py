"""Comments and suggestions at a section: written, replied to, settled, open again. Nothing said is ever deleted."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from briefs.enums import CommentKind, CommentState
from briefs.messages import writing as messages
from briefs.models import Section, SectionComment, SectionReply
from briefs.models.writing import LONGEST_COMMENT
from briefs.selectors.words import normal, occurrences, with_words_replaced
from briefs.selectors.writing import speaker_for
from briefs.services.writing import save_section
from common.access import Refused, require
from directory.models import Organization
from directory.services.state import change_state, locked, record_start


def _speaker(by: Any, section: Section) -> Organization:
    speaker = speaker_for(by, section)
    if speaker is None:
        raise Refused(_("You speak for none of the agencies that write this brief. Ask your focal point for a role."))
    return speaker


def _short_enough(*texts: str) -> None:
    if any(len(text) > LONGEST_COMMENT for text in texts):
        raise Refused(_("This is longer than %(most)d characters. Make two comments of it.") % {"most": LONGEST_COMMENT})


@transaction.atomic
def write_comment(*, section: Section, by: Any, text: str, quote: str = "", proposal: str | None = None) -> SectionComment:
    """Say something about a section; with a `proposal` it is a suggestion to put other words in the place of `quote`.

    Args:
        proposal: the words proposed; empty to take the quoted ones out; None for a comment.

    Raises:
        Refused: nothing was said, or the quoted words do not stand in the section exactly once.
    """
    section = _with_brief(section)
    require(by, "briefs.comment_on_section", section)
    if not section.brief.is_open:
        raise Refused(_("A published brief is not discussed any more. Comment when it is open for a new edition."))
    text, quote = text.strip(), normal(quote)
    proposal = None if proposal is None else normal(proposal)
    _short_enough(text, quote, proposal or "")
    if proposal is None and not text:
        raise Refused(_("Write the comment first."))
    if proposal is not None and not quote:
        raise Refused(_("Copy the words that you would change from the section."))
    if proposal is not None and quote == proposal:
        raise Refused(_("The words that you propose are those of the text. Change them, or write a comment instead."))
    if quote:
        _refuse_unless_once(section, quote)
    comment = SectionComment.objects.create(
        section=section,
        kind=CommentKind.COMMENT if proposal is None else CommentKind.SUGGESTION,
        organization=_speaker(by, section),
        author=by,
        text=text,
        quote=quote,
        proposal=proposal or "",
        version=section.version,
    )
    record_start(comment, by=by, on_behalf_of=comment.organization)
    messages.comment_written(comment)
    return comment


def _refuse_unless_once(section: Section, quote: str) -> None:
    found = occurrences(section.body, quote)
    if not found:
        raise Refused(
            _(
                "These words do not stand in the section like that. Copy them from the text as it is now, "
                "from one paragraph only and without the marks of notes."
            )
        )
    if found > 1:
        raise Refused(
            _("These words stand in the section %(count)d times. Quote some more of what is around them.") % {"count": found}
        )


@transaction.atomic
def reply_to_comment(*, comment: SectionComment, by: Any, text: str) -> SectionReply:
    """Reply to a comment, also to a settled one."""
    section = _with_brief(comment.section)
    require(by, "briefs.comment_on_section", section)
    text = text.strip()
    if not text:
        raise Refused(_("Write the reply first."))
    _short_enough(text)
    reply = SectionReply.objects.create(comment=comment, organization=_speaker(by, section), author=by, text=text)
    messages.section_reply_written(reply)
    return reply


def _with_brief(section: Section) -> Section:
    """A fresh copy with its brief's agencies, the brief locked: what was known before is stale."""
    brief = locked(section.brief)
    section = locked(section)
    section.brief = brief
    return section


def _open_to_settle(comment: SectionComment, by: Any) -> SectionComment:
    section = _with_brief(comment.section)
    comment = locked(comment)
    comment.section = section
    require(by, "briefs.resolve_comment", comment)
    return comment


@transaction.atomic
def resolve_comment(*, comment: SectionComment, by: Any, reason: str = "") -> SectionComment:
    """Settle a comment, or a suggestion whose words are not taken; `reason` is for its author."""
    comment = _open_to_settle(comment, by)
    if comment.is_suggestion and not reason.strip():
        raise Refused(_("Say why the words proposed are not taken: whoever proposed them reads it."))
    _settle(comment, to=CommentState.RESOLVED, by=by, reason=reason)
    return comment


@transaction.atomic
def reopen_comment(*, comment: SectionComment, by: Any, reason: str) -> SectionComment:
    """Open a settled comment again. What an accepted suggestion changed stays in the text."""
    comment = _open_to_settle(comment, by)
    if not reason.strip():
        raise Refused(_("Say why the comment is open again."))
    _settle(comment, to=CommentState.OPEN, by=by, reason=reason)
    return comment


def _settle(comment: SectionComment, *, to: str, by: Any, reason: str) -> None:
    speaker = speaker_for(by, comment.section)
    change_state(comment, to=to, by=by, on_behalf_of=speaker, reason=reason.strip()[:LONGEST_COMMENT])
    messages.comment_settled(comment, comment.state_changes.latest("pk"))


@transaction.atomic
def accept_suggestion(*, comment: SectionComment, by: Any, version: int, is_editorial: bool = False) -> Section:
    """Put the proposed words into the text, as a revision by the agency that writes the section.

    Args:
        version: of the section that the person saw.
        is_editorial: the change is one of spelling, punctuation or layout.

    Raises:
        SectionChanged: somebody saved the section in the meantime.
        Refused: the quoted words no longer stand there once, or somebody is writing in the section.
    """
    section = _with_brief(comment.section)
    comment = locked(comment)
    comment.section = section
    require(by, "briefs.save_section", section)
    if not comment.is_suggestion:
        raise Refused(_("A comment proposes no words. Answer it, or resolve it."))
    if not comment.is_open:
        raise Refused(_("This suggestion is settled already. Load the page again to see what became of it."))
    body = with_words_replaced(section.body, comment.quote, comment.proposal)
    if body is None:
        raise Refused(
            _("The quoted words no longer stand in the section like that. Edit the text by hand, then resolve the suggestion.")
        )
    saved = save_section(
        section=section,
        by=by,
        version=version,
        heading=section.heading,
        body=body,
        is_editorial=is_editorial,
        note=_("Suggestion %(number)d by %(agency)s, accepted.")
        % {"number": comment.pk, "agency": comment.organization.short_name},
    )
    _settle(comment, to=CommentState.ACCEPTED, by=by, reason="")
    return saved
