"""What meetings give to the home page, the search, the desk, the sitemap and a person's own data."""

from datetime import UTC, datetime, time
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.access import may
from common.search_words import contains, snippet
from directory.desk import DeskItem
from directory.enums import FOCAL_ROLES
from directory.rules import organizations_of
from meetings.enums import TO_DECIDE, UNDECIDED_EVENTS, ActionState, ChangeState, MeetingState, RegistrationState, ReportState
from meetings.models import ActionItem, Meeting, Registration, Session, ThematicEvent, VoluntaryReport, WorkingGroup
from meetings.selectors.programme import discussion_items
from meetings.selectors.registration import own_registration


def meetings_for_home(user: Any) -> dict[str, Any]:
    """The next meeting for the home page.

    Keys: `next` (Meeting or None: title, summary, place, city, country, starts_at, ends_at, time_zone), `items` (its
    discussion items: item letter, title, get_absolute_url into the programme), `window` (RegistrationWindow: code and
    label), `registration` (the reader's own, or None), `later` (up to three meetings after it), `holds_until`.
    """
    now = timezone.now()
    coming = list(
        Meeting.objects.visible_to(user).filter(state=MeetingState.PUBLISHED).upcoming(now).select_related("country", "host")[:4]
    )
    if not coming:
        return {"next": None, "items": [], "later": [], "holds_until": None}
    first, *later = coming
    own = own_registration(first, user)
    return {
        "next": first,
        "items": discussion_items(first),
        "window": first.registration_window(now),
        # Who has cancelled may register again, so that is what is offered.
        "registration": None if own and own.state == RegistrationState.CANCELLED else own,
        "later": later,
        "holds_until": min((at for meeting in coming for at in meeting.boundaries if at and at > now), default=None),
    }


# --- Search ----------------------------------------------------------------------------------------------------------


def search_meetings(user: Any, words: str, *, limit: int) -> list[dict[str, Any]]:
    """Meetings, sessions, thematic events, working groups and voluntary reports that contain the words.

    Translated fields are searched in the reader's language and in English.
    """
    words = words.replace("\x00", " ").strip()
    if not words:
        return []

    def hit(title: str, url: str, kind: str, text: str) -> dict[str, Any]:
        return {"title": title, "url": url, "kind": kind, "snippet": snippet(text, words)}

    hits = []
    meetings = Meeting.objects.visible_to(user)
    for meeting in meetings.filter(
        contains(words, "title", "title_en", "summary", "summary_en", "place", "place_en", "city", "purpose")
    ).order_by("-starts_at")[:limit]:
        hits.append(hit(meeting.title, meeting.get_absolute_url(), _("Meeting"), meeting.summary))
    sessions = Session.objects.filter(meeting__in=meetings).select_related("meeting")
    in_session = contains(words, "title", "title_en", "summary", "summary_en", "speakers__name")
    for session in sessions.filter(in_session).distinct()[:limit]:
        hits.append(hit(str(session), session.get_absolute_url(), _("Session"), session.summary))
    for event in ThematicEvent.objects.visible_to(user).filter(
        contains(words, "title", "title_en", "summary", "summary_en", "city")
    )[:limit]:
        hits.append(hit(event.title, event.get_absolute_url(), _("Thematic event"), event.summary))
    in_group = contains(words, "name", "name_en", "summary", "summary_en", "terms_of_reference")
    for group in WorkingGroup.objects.filter(in_group)[:limit]:
        hits.append(hit(group.name, group.get_absolute_url(), _("Working group"), group.summary))
    for report in VoluntaryReport.objects.visible_to(user).filter(contains(words, "title", "summary", "country__name"))[:limit]:
        hits.append(hit(report.title, report.get_absolute_url(), _("Voluntary report"), report.summary))
    return hits[:limit]


# --- The desk --------------------------------------------------------------------------------------------------------


def desk_of_meetings(user: Any) -> list[DeskItem]:
    """Decisions that wait for staff, actions of the person's agencies, and the person's own registrations."""
    return [*_to_decide(user), *_actions(user), *_own(user)]


def _to_decide(user: Any) -> list[DeskItem]:
    items = []
    managed = Meeting.objects.managed_by(user).upcoming()
    for meeting in managed.annotate(n=Count("registrations", filter=Q(registrations__state__in=TO_DECIDE))).filter(n__gt=0):
        items.append(
            DeskItem(
                title=meeting.title,
                act=_("Decide on registrations"),
                url=reverse("meetings:registrations", args=[meeting.slug]) + "?state=to_decide",
                due=meeting.starts_at,
                note=ngettext("%(n)d registration waits", "%(n)d registrations wait", meeting.n) % {"n": meeting.n},
            )
        )
    waiting = Count("registrations", filter=Q(registrations__edits__state=ChangeState.PROPOSED), distinct=True)
    for meeting in managed.annotate(n=waiting).filter(n__gt=0):
        items.append(
            DeskItem(
                title=meeting.title,
                act=_("Decide on changes of registrations"),
                url=reverse("meetings:changes", args=[meeting.slug]),
                due=meeting.starts_at,
                note=ngettext("%(n)d change waits", "%(n)d changes wait", meeting.n) % {"n": meeting.n},
            )
        )
    for meeting in managed.filter(state=MeetingState.DRAFT):
        page = meeting.get_absolute_url()
        items.append(DeskItem(title=meeting.title, act=_("Announce the meeting"), url=page, due=meeting.starts_at))
    for event in ThematicEvent.objects.visible_to(user).filter(state__in=UNDECIDED_EVENTS):
        decides = may(user, "meetings.decide_thematicevent", event)
        items.append(
            DeskItem(
                title=event.title,
                act=_("Decide on the proposal") if decides else _("View"),
                url=event.get_absolute_url(),
                note=event.get_state_display(),
                is_mine=decides,
            )
        )
    for report in VoluntaryReport.objects.visible_to(user).filter(state=ReportState.SUBMITTED):
        publishes = may(user, "meetings.publish_voluntaryreport", report)
        items.append(
            DeskItem(
                title=report.title,
                act=_("Publish the report") if publishes else _("View"),
                url=report.get_absolute_url(),
                note=report.get_state_display(),
                is_mine=publishes,
            )
        )
    return items


def _actions(user: Any) -> list[DeskItem]:
    rows = ActionItem.objects.filter(owner__in=organizations_of(user, FOCAL_ROLES)).exclude(state=ActionState.DONE)
    return [
        DeskItem(
            title=row.text,
            act=_("Open the working group"),
            url=row.group.get_absolute_url(),
            due=datetime.combine(row.due_on, time(23, 59), tzinfo=UTC),
            note=row.get_state_display(),
            focal_points_of=row.owner_id,
        )
        for row in rows.select_related("group")
    ]


def _own(user: Any) -> list[DeskItem]:
    if not user.is_authenticated:
        return []
    rows = user.registrations.live().filter(meeting__ends_at__gt=timezone.now()).select_related("meeting")
    lacking = dict.fromkeys(rows.missing_documents().values_list("pk", flat=True))
    return [_own_item(row, row.pk in lacking) for row in rows]


def _own_item(row: Registration, lacks_documents: bool) -> DeskItem:
    """What the registrant has to do, if anything: answer an offer, send a draft, hand in documents."""
    act, url = _("Open your registration"), row.get_absolute_url()
    due = row.meeting.starts_at if row.state == RegistrationState.APPROVED else None
    is_mine = True
    if row.state == RegistrationState.OFFERED:
        act, url, due = (
            _("Take the offered seat or turn it down"),
            reverse("meetings:offer", args=[row.reference]),
            row.offered_until,
        )
    elif row.state == RegistrationState.DRAFT:
        act, url = _("Finish and send your registration"), reverse("meetings:register", args=[row.meeting.slug])
        due = row.meeting.registration_closes_at
    elif lacks_documents:
        act, url = _("Hand in the missing documents"), reverse("meetings:documents", args=[row.reference])
    else:
        is_mine = False
    return DeskItem(title=row.meeting.title, act=act, url=url, due=due, note=row.get_state_display(), is_mine=is_mine)


# --- Machines and the person -----------------------------------------------------------------------------------------


def addresses_of_meetings() -> list[str]:
    """The English public addresses of meetings, programmes, events, groups and reports."""
    nobody = AnonymousUser()
    with translation.override("en"):
        paths = []
        for slug in Meeting.objects.visible_to(nobody).values_list("slug", flat=True):
            paths += [reverse("meetings:meeting", args=[slug]), reverse("meetings:programme", args=[slug])]
        paths += [event.get_absolute_url() for event in ThematicEvent.objects.visible_to(nobody)]
        paths += [group.get_absolute_url() for group in WorkingGroup.objects.all()]
        paths += [report.get_absolute_url() for report in VoluntaryReport.objects.visible_to(nobody)]
    return paths


def data_of_person(user: Any) -> list[dict[str, Any]]:
    """A person's registrations with their history, as JSON."""
    rows = Registration.objects.filter(user=user).select_related("meeting", "category", "organization", "country")
    return [
        {
            "reference": row.reference,
            "meeting": row.meeting.slug,
            "category": row.category.code,
            "given_name": row.given_name,
            "family_name": row.family_name,
            "email": row.email,
            "organization": row.organization.code if row.organization else "",
            "affiliation": row.affiliation,
            "country": row.country.iso2 if row.country else "",
            "function": row.function,
            "gender": row.gender,
            "is_listed": row.is_listed,
            "delegation_role": row.delegation_role,
            "access_needs": row.access_needs,
            "answers": row.answers,
            "language": row.language,
            "state": row.state,
            "files": [
                {"name": file.name, "for": str(file.document or file.question or ""), "at": file.at.isoformat()}
                for file in row.files.all()
            ],
            "changes": [
                {"before": edit.before, "after": edit.after, "state": edit.state, "at": edit.at.isoformat()}
                for edit in row.edits.all()
            ],
            "history": [
                {"from": change.old, "to": change.new, "at": change.at.isoformat(), "reason": change.reason}
                for change in row.state_changes.all()
            ],
        }
        for row in rows.prefetch_related("state_changes", "files__document", "files__question", "edits").order_by("pk")
    ]
