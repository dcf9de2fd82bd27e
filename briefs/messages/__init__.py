"""Messages of briefs: reviews, clearance and its deadline, publication. Writing and publishing have files of their own."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from briefs.enums import Clearance, ReviewDecision
from briefs.models import (
    Brief,
    BriefAgency,
    BriefStateChange,
    Edition,
    Reviewer,
    ReviewRound,
    SectionComment,
)
from common.access import may
from directory.enums import Role
from directory.models import Membership, Organization, SingleUseLink
from directory.rules import secretariat_scopes
from directory.services.links import is_usable
from notifications.kinds import Kind, in_all_languages, label_in_all_languages, link, moment, once_link, register
from notifications.models import Notification
from notifications.selectors.reach import by_address_only, serves_an_organization, serves_as_staff
from notifications.services import Recipient, notify


def still_visible(notification: Notification) -> bool:
    """A person who left the agency, or a brief that is gone, withdraws the message."""
    brief = Brief.objects.filter(slug=notification.context.get("slug")).first()
    return bool(brief and may(notification.recipient, "briefs.view_brief", brief))


def helps_to_make(notification: Notification) -> bool:
    """Whoever no longer writes the brief, or whose comment is gone, is told nothing more about it."""
    comments = SectionComment.objects.visible_to(notification.recipient)
    return bool(comments.filter(pk=notification.context["comment_id"]).exists())


def makes_briefs(user: Any) -> bool:
    return serves_an_organization(user) or bool(secretariat_scopes(user))


CLEARANCE_REQUESTED = register(
    Kind(
        "briefs.clearance_requested",
        subject=_("Please clear: %(brief)s"),
        label=_("A brief waits for the clearance of your agency"),
        required=True,
        may_reach=serves_an_organization,
        action=_("Read and clear the brief"),
        is_visible=still_visible,
    )
)
BRIEF_CLEARED = register(
    Kind(
        "briefs.brief_cleared",
        subject=_("Cleared by every agency: %(brief)s"),
        label=_("A brief is cleared by every agency"),
        may_reach=serves_as_staff,
        action=_("Open the brief and publish it"),
        is_visible=still_visible,
    )
)
BRIEF_PUBLISHED = register(
    Kind(
        "briefs.brief_published",
        subject=_("Published: %(brief)s"),
        label=_("A brief of your agency is published"),
        may_reach=serves_an_organization,
        action=_("Read the brief"),
        is_visible=still_visible,
    )
)
CLEARANCE_REMINDER = register(
    Kind(
        "briefs.clearance_ends_soon",
        subject=_("Your clearance is due soon: %(brief)s"),
        label=_("The deadline for the clearance of a brief comes near"),
        required=True,
        may_reach=serves_an_organization,
        action=_("Read and clear the brief"),
        is_visible=still_visible,
    )
)
CLEARANCE_EXTENDED = register(
    Kind(
        "briefs.clearance_extended",
        subject=_("More time to clear: %(brief)s"),
        label=_("The deadline for the clearance of a brief is moved"),
        may_reach=serves_an_organization,
        action=_("Read and clear the brief"),
        is_visible=still_visible,
    )
)
CLEARANCE_CLOSED = register(
    Kind(
        "briefs.clearance_closed",
        subject=_("No answer by the deadline: %(brief)s"),
        label=_("Agencies have not answered by the deadline of a clearance"),
        action=_("Open the brief"),
        is_visible=still_visible,
    )
)
GOES_ON_WITHOUT = register(
    Kind(
        "briefs.goes_on_without",
        subject=_("It goes on without the answer of %(agency)s: %(brief)s"),
        label=_("A brief goes on without the answer of your agency"),
        required=True,
        may_reach=serves_an_organization,
        action=_("Read and clear the brief"),
        is_visible=still_visible,
    )
)
EDITORIAL_CORRECTION = register(
    Kind(
        "briefs.editorial_correction",
        subject=_("Editorial correction after your clearance: %(brief)s"),
        label=_("A brief that your agency cleared got an editorial correction"),
        may_reach=serves_an_organization,
        action=_("Read the brief"),
        is_visible=still_visible,
    )
)


def _review_is_open(notification: Notification) -> bool:
    """Somebody whose invitation was withdrawn, or who has answered, hears no more of it."""
    return Reviewer.objects.waiting().filter(pk=notification.context.get("reviewer")).exists()


def _link_works(notification: Notification) -> bool:
    link = notification.context.get("link", {}).get("_once")
    return bool(link) and is_usable(link_id=link) and _review_is_open(notification)


REVIEW_INVITED = register(
    Kind(
        "briefs.review_invited",
        subject=_("Please review: %(brief)s"),
        label=_("You are asked to review a brief"),
        required=True,
        action=_("Read the text and review it"),
        is_visible=_review_is_open,
    )
)
REVIEW_INVITED_BY_LINK = register(
    Kind(
        "briefs.review_invited_by_link",
        subject=_("Please review: %(brief)s"),
        label=_("You are asked to review a brief"),
        required=True,
        confidential=True,
        may_reach=by_address_only,
        action=_("Read the text and review it"),
        is_visible=_link_works,
    )
)
REVIEW_REMINDER = register(
    Kind(
        "briefs.review_reminder",
        subject=_("Your review of “%(brief)s”"),
        label=_("A review that you were asked for is due"),
        required=True,
        action=_("Read the text and review it"),
        is_visible=_review_is_open,
    )
)
REVIEW_REMINDER_BY_LINK = register(
    Kind(
        "briefs.review_reminder_by_link",
        subject=_("Your review of “%(brief)s”"),
        label=_("A review that you were asked for is due"),
        required=True,
        confidential=True,
        may_reach=by_address_only,
        action=_("Read the text and review it"),
        is_visible=_link_works,
    )
)


def _still_edits(notification: Notification) -> bool:
    """Names of reviewers stand in it: it goes only to who may know them still."""
    rounds = ReviewRound.objects.filter(pk=notification.context.get("round"))
    if rounds.filter(is_anonymous=True).exists():
        rounds = rounds.edited_by(notification.recipient)
    return rounds.visible_to(notification.recipient).exists()


REVIEW_SUBMITTED = register(
    Kind(
        "briefs.review_submitted",
        subject=_("A review was handed in: %(brief)s"),
        label=_("A review of a brief was handed in"),
        action=_("Read the review"),
        is_visible=_still_edits,
    )
)
REVIEW_DECLINED = register(
    Kind(
        "briefs.review_declined",
        subject=_("A reviewer has declined: %(brief)s"),
        label=_("A reviewer of a brief has declined"),
        action=_("Invite somebody else"),
        is_visible=_still_edits,
    )
)
REVIEW_CLOSED = register(
    Kind(
        "briefs.review_closed",
        subject=_("The reviews are in: %(brief)s"),
        label=_("The reviews of a brief of your agency are in"),
        may_reach=serves_an_organization,
        action=_("Read the reviews and answer them"),
        is_visible=still_visible,
    )
)


def context_of(brief: Brief, **more: Any) -> dict[str, Any]:
    return {
        "slug": brief.slug,
        "brief": brief.title,
        "series": in_all_languages(brief.series, "title"),
        "number": brief.number,
        "link": link("briefs:detail", brief.slug),
        **more,
    }


def _names(agencies: Any) -> str:
    return ", ".join(agency.organization.short_name for agency in agencies)


def clearance_requested(brief: Brief, change: BriefStateChange) -> None:
    """Ask the focal points of every co-authoring agency that has not cleared this text."""
    waiting = [agency for agency in brief.agencies.all() if agency.clearance == Clearance.PENDING]
    lead = next((agency for agency in brief.agencies.all() if agency.is_lead), None)
    for agency in waiting:
        notify(
            kind=CLEARANCE_REQUESTED,
            to=Membership.objects.focal_points().filter(organization=agency.organization_id).people(),
            cause=f"brief {brief.pk} clearance {change.pk} agency {agency.organization_id}",
            context=context_of(
                brief,
                agency=agency.organization.short_name,
                lead=lead.organization.short_name if lead else "",
                deadline=moment(brief.clearance_deadline) if brief.clearance_deadline else None,
                link=link("briefs:clear", brief.slug),
            ),
        )


def brief_cleared(brief: Brief, change: BriefStateChange) -> None:
    """Tell secretariat staff that the brief can be published."""
    agencies = brief.agencies.all()
    reserved = [agency for agency in agencies if agency.reservation]
    notify(
        kind=BRIEF_CLEARED,
        to=Membership.objects.of_secretariat(Role.STAFF, brief).people(),
        cause=f"brief {brief.pk} cleared {change.pk}",
        context=context_of(brief, agencies=_names(agencies), reservations=_names(reserved)),
    )


def brief_published(edition: Edition) -> None:
    """Tell everybody in the co-authoring agencies that their brief is out."""
    brief = edition.brief
    organizations = Organization.objects.filter(co_authored_briefs__brief=brief)
    notify(
        kind=BRIEF_PUBLISHED,
        to=Membership.objects.in_force().filter(organization__in=organizations).people(),
        cause=f"brief {brief.pk} edition {edition.number}",
        context=context_of(brief, edition=edition.number, agencies=_names(brief.agencies.all())),
    )


# --- The deadline of a clearance ---------------------------------------------------------------------------------------


def _focal_points(agency: BriefAgency) -> Any:
    return Membership.objects.focal_points().filter(organization=agency.organization_id).people()


def _of_agency(brief: Brief, agency: BriefAgency, **more: Any) -> dict[str, Any]:
    return context_of(
        brief,
        agency=agency.organization.short_name,
        deadline=moment(brief.clearance_deadline) if brief.clearance_deadline else None,
        link=link("briefs:clear", brief.slug),
        **more,
    )


def clearance_ends_soon(brief: Brief) -> int:
    """Remind the focal points of agencies that have not answered; once for each deadline. Returns how many agencies are new."""
    assert brief.clearance_deadline is not None
    waiting = {
        f"brief {brief.pk} clearance reminder {brief.clearance_deadline.isoformat()} agency {row.organization_id}": row
        for row in brief.agencies.filter(clearance=Clearance.PENDING).select_related("organization")
    }
    done = set(
        Notification.objects.filter(kind=CLEARANCE_REMINDER.name, cause__in=waiting).values_list("cause", flat=True).distinct()
    )
    new = {cause: row for cause, row in waiting.items() if cause not in done}
    for cause, agency in new.items():
        notify(kind=CLEARANCE_REMINDER, to=_focal_points(agency), cause=cause, context=_of_agency(brief, agency))
    return len(new)


def clearance_extended(brief: Brief) -> None:
    """Tell the focal points of agencies that have not answered until when they may."""
    assert brief.clearance_deadline is not None
    for agency in brief.agencies.filter(clearance=Clearance.PENDING).select_related("organization"):
        cause = f"brief {brief.pk} clearance until {brief.clearance_deadline.isoformat()} agency {agency.organization_id}"
        notify(kind=CLEARANCE_EXTENDED, to=_focal_points(agency), cause=cause, context=_of_agency(brief, agency))


def clearance_closed(brief: Brief, silent: list[BriefAgency]) -> None:
    """Tell secretariat staff, the lead's focal points and those of the silent agencies who has not answered."""
    assert brief.clearance_closed_at is not None
    staff = Membership.objects.of_secretariat(Role.STAFF, brief).people()
    concerned = {agency.organization_id for agency in silent} | {
        row.organization_id for row in brief.agencies.filter(is_lead=True)
    }
    focal = Membership.objects.focal_points().filter(organization__in=concerned).people()
    notify(
        kind=CLEARANCE_CLOSED,
        to=[*staff, *focal],
        cause=f"brief {brief.pk} clearance closed {brief.clearance_closed_at.isoformat()}",
        context=context_of(brief, agencies=_names(silent)),
    )


def goes_on_without(brief: Brief, agency: BriefAgency) -> None:
    """Tell the focal points of a silent agency that the brief goes on, and why; they can still answer."""
    assert agency.waiver_at is not None
    notify(
        kind=GOES_ON_WITHOUT,
        to=_focal_points(agency),
        cause=f"brief {brief.pk} without {agency.organization_id} {agency.waiver_at.isoformat()}",
        context=_of_agency(brief, agency, reason=agency.waiver_reason),
    )


def editorial_correction(brief: Brief, kept: list[BriefAgency], *, reason: str, digest: str) -> None:
    """Tell the focal points of agencies whose clearance stands what was corrected."""
    for agency in kept:
        change = agency.state_changes.latest("pk").pk
        notify(
            kind=EDITORIAL_CORRECTION,
            to=_focal_points(agency),
            cause=f"brief {brief.pk} editorial {change} {digest[:16]}",
            context=context_of(brief, agency=agency.organization.short_name, reason=reason),
        )


# --- Reviews -----------------------------------------------------------------------------------------------------------


def _of_review(reviewer: Reviewer, **more: Any) -> dict[str, Any]:
    found = reviewer.round
    return context_of(
        found.brief,
        reviewer=reviewer.pk,
        name=reviewer.full_name,
        round=found.pk,
        round_number=found.number,
        due=moment(found.due_at),
        invitation=found.invitation,
        **more,
    )


def review_invited(reviewer: Reviewer) -> None:
    """Ask a user of the portal for a review."""
    notify(
        kind=REVIEW_INVITED,
        to=[reviewer.user],  # type: ignore[list-item]
        cause=f"review {reviewer.pk} invited {reviewer.invited_at.isoformat()}",
        context=_of_review(reviewer) | {"link": link("briefs:review", reviewer.pk)},
    )


def review_invited_by_link(reviewer: Reviewer, single_use: SingleUseLink) -> None:
    """Ask somebody from outside for a review, with a link that works once."""
    notify(
        kind=REVIEW_INVITED_BY_LINK,
        to=[Recipient(reviewer.address, reviewer.language)],
        cause=f"review link {single_use.pk}",
        context=_of_review(reviewer) | {"link": once_link("briefs:review_by_link", single_use)},
    )


def review_reminder(reviewer: Reviewer, *, is_late: bool) -> None:
    """Remind a user of a review that is due soon or overdue."""
    notify(
        kind=REVIEW_REMINDER,
        to=[reviewer.user],  # type: ignore[list-item]
        cause=f"review {reviewer.pk} {'overdue' if is_late else 'due soon'}",
        context=_of_review(reviewer, is_late=is_late) | {"link": link("briefs:review", reviewer.pk)},
    )


def review_reminder_by_link(reviewer: Reviewer, single_use: SingleUseLink, *, is_late: bool) -> None:
    """Remind somebody from outside, with another link: the first may have been used."""
    notify(
        kind=REVIEW_REMINDER_BY_LINK,
        to=[Recipient(reviewer.address, reviewer.language)],
        cause=f"review link {single_use.pk}",
        context=_of_review(reviewer, is_late=is_late) | {"link": once_link("briefs:review_by_link", single_use)},
    )


def _editors(found: ReviewRound) -> list[Any]:
    """Secretariat staff, and who opened the round; of those the ones who may know its reviewers."""
    people = {person.pk: person for person in Membership.objects.of_secretariat(Role.STAFF, found.brief).people()}
    people[found.opened_by_id] = found.opened_by
    permission = "briefs.edit_reviews" if found.is_anonymous else "briefs.open_review"
    return [person for person in people.values() if may(person, permission, found.brief)]


def _to_editors(kind: Kind, reviewer: Reviewer, **more: Any) -> None:
    found = reviewer.round
    route = link("briefs:review_round", found.brief.slug, found.number)
    change = reviewer.state_changes.latest("pk")
    notify(
        kind=kind,
        to=_editors(found),
        cause=f"review {reviewer.pk} {reviewer.state} {change.pk}",
        context=_of_review(reviewer, **more) | {"link": route},
    )


def review_submitted(reviewer: Reviewer) -> None:
    """Tell the editors that a review is in, and what it recommends."""
    _to_editors(REVIEW_SUBMITTED, reviewer, decision=label_in_all_languages(ReviewDecision(reviewer.decision).label))


def review_declined(reviewer: Reviewer) -> None:
    """Tell the editors who has declined and why."""
    _to_editors(REVIEW_DECLINED, reviewer, reason=reviewer.decline_reason)


def review_closed(found: ReviewRound) -> None:
    """Tell everybody in the authoring agencies what was decided; no reviewer is named."""
    organizations = Organization.objects.filter(co_authored_briefs__brief=found.brief)
    notify(
        kind=REVIEW_CLOSED,
        to=Membership.objects.in_force().filter(organization__in=organizations).people(),
        cause=f"review round {found.pk} closed",
        context=context_of(
            found.brief,
            round_number=found.number,
            decision=label_in_all_languages(ReviewDecision(found.decision).label),
            link=link("briefs:review_round", found.brief.slug, found.number),
        ),
    )
