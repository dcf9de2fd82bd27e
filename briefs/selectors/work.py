"""What those who make briefs look up: what waits for whom."""

from typing import Any

from django.db.models import Case, Count, Exists, OuterRef, Q, When
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from briefs.enums import GIVEN, OPEN_STATES, BriefState, Clearance, CommentState
from briefs.models import Brief, BriefAgency, BriefQuerySet, Edition, Section, SectionComment
from briefs.selectors.failed_files import RENDER_JOB
from briefs.selectors.reviews import desk_of_reviewer, desk_of_rounds
from common.access import may
from directory.desk import DeskItem
from directory.enums import FOCAL_ROLES, JobState
from directory.models import Job
from directory.rules import is_secretariat_staff, organizations_of

_NEARNESS = Case(When(state=BriefState.CLEARED, then=0), When(state=BriefState.IN_CLEARANCE, then=1), default=2)


def briefs_in_progress(user: Any) -> BriefQuerySet:
    """The unpublished texts that `user` helps to make, those closest to publication first."""
    empty = Section.objects.filter(brief=OuterRef("pk"), body="")
    return (
        Brief.objects.of_insider(user)
        .filter(state__in=[BriefState.DRAFTING, BriefState.IN_CLEARANCE, BriefState.CLEARED])
        .select_related("series")
        .prefetch_related("agencies__organization")
        .annotate(
            has_empty_section=Exists(empty),
            waits_for_my_text=Count(
                "sections", filter=Q(sections__body="", sections__organization__in=organizations_of(user)), distinct=True
            ),
        )
        .order_by(_NEARNESS, "series_id", "number", "language")
    )


def next_step(brief: Brief) -> str:
    """One sentence that says who must act next."""
    if brief.state == BriefState.DRAFTING:
        lead = next((agency for agency in brief.agencies.all() if agency.is_lead), None)
        return _("The agencies write their sections; then %(lead)s starts the clearance.") % {
            "lead": lead.organization if lead else _("the lead agency")
        }
    if brief.state == BriefState.IN_CLEARANCE:
        missing = ", ".join(str(agency.organization) for agency in brief.agencies.all() if not agency.is_settled)
        if all(agency.is_settled or agency.clearance == Clearance.NO_ANSWER for agency in brief.agencies.all()):
            words = _(
                "No answer by the deadline: %(agencies)s. The secretariat gives more time, or goes on without with a reason."
            )
            return words % {"agencies": missing}
        return _("Still to clear the text: %(agencies)s.") % {"agencies": missing}
    if brief.state == BriefState.CLEARED:
        silent = ", ".join(str(agency.organization) for agency in brief.agencies.all() if not agency.is_given)
        if silent:
            words = _("Every other agency has cleared the text; it goes on without an answer of %(agencies)s.")
            return words % {"agencies": silent}
        return _("Every co-authoring agency has cleared the text. The secretariat can publish it.")
    return ""


def last_render_failed(edition: Edition) -> bool:
    """Whether the newest attempt to make the edition's files ended in an error."""
    state = (
        Job.objects.filter(kind=RENDER_JOB, key=str(edition.pk)).order_by("-created_at").values_list("state", flat=True).first()
    )
    return state == JobState.FAILED


def desk_of_briefs(user: Any) -> list[DeskItem]:
    """What a person has to do for briefs in the making, and what they wait for."""
    own, focal = organizations_of(user), organizations_of(user, FOCAL_ROLES)
    staff = is_secretariat_staff(user)
    items = desk_of_reviewer(user)
    if not own and not staff:
        return items
    items += desk_of_rounds(user)
    items += _desk_of_comments(own)
    for brief in briefs_in_progress(user):
        item = _desk_item(brief, user, own, focal)
        if item:
            items.append(item)
    return items


def _desk_of_comments(own: set[int]) -> list[DeskItem]:
    """The sections of one's agencies at which somebody's comment or suggestion is open, with how many."""
    if not own:
        return []
    open_ones = SectionComment.objects.filter(
        state=CommentState.OPEN, section__organization__in=own, section__brief__state__in=OPEN_STATES
    )
    # The section's agency may write for a brief no more: then nothing of it waits.
    writes = BriefAgency.objects.filter(brief=OuterRef("section__brief"), organization=OuterRef("section__organization"))
    rows = (
        open_ones.filter(Exists(writes))
        .order_by()
        .values("section", "section__heading", "section__brief__slug", "section__brief__title")
    )
    items = []
    for row in rows.annotate(n=Count("pk")).order_by("section"):
        words = ngettext("“%(section)s”: %(n)d open comment", "“%(section)s”: %(n)d open comments", row["n"])
        items.append(
            DeskItem(
                row["section__brief__title"],
                gettext_lazy("Answer the comments"),
                reverse("briefs:section_comments", args=[row["section__brief__slug"], row["section"]]),
                note=words % {"section": row["section__heading"], "n": row["n"]},
            )
        )
    return items


def _desk_item(brief: Brief, user: Any, own: set[int], focal: set[int]) -> DeskItem | None:
    mine = [agency for agency in brief.agencies.all() if agency.organization_id in own]
    url = brief.get_absolute_url()
    state = str(brief.get_state_display())
    if brief.state == BriefState.CLEARED and may(user, "briefs.publish_brief", brief):
        return DeskItem(brief.title, gettext_lazy("Publish"), url, note=state)
    is_silent = any(agency.clearance == Clearance.NO_ANSWER and not agency.is_settled for agency in brief.agencies.all())
    if brief.state == BriefState.IN_CLEARANCE and is_silent and may(user, "briefs.go_on_without", brief):
        return DeskItem(brief.title, gettext_lazy("Decide about the missing answers"), url, note=next_step(brief))
    pending = [agency.organization_id for agency in mine if agency.clearance in {Clearance.PENDING, Clearance.NO_ANSWER}]
    to_clear = focal.intersection(pending)
    if brief.state == BriefState.IN_CLEARANCE and to_clear:
        clear = reverse("briefs:clear", args=[brief.slug])
        due = brief.clearance_deadline
        return DeskItem(
            brief.title, gettext_lazy("Clear"), clear, due=due, note=state, focal_points_of=min(to_clear), stays_due=True
        )
    if brief.state == BriefState.DRAFTING and mine:
        if not brief.has_empty_section and may(user, "briefs.start_clearance", brief):  # type: ignore[attr-defined]
            return DeskItem(brief.title, gettext_lazy("Finish and start the clearance"), url, note=state)
        if brief.waits_for_my_text:  # type: ignore[attr-defined]
            count = brief.waits_for_my_text  # type: ignore[attr-defined]
            note = ngettext("%(n)d section without text", "%(n)d sections without text", count) % {"n": count}
            return DeskItem(brief.title, gettext_lazy("Write"), url, note=note)
    if mine:
        given = sum(agency.clearance in GIVEN for agency in brief.agencies.all())
        note = next_step(brief) if given or brief.state != BriefState.DRAFTING else state
        return DeskItem(brief.title, gettext_lazy("Open"), url, note=note, is_mine=False)
    return None
