"""What meetings give to the home page, the search, the desk, the sitemap and a person's own data."""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.access import may
from common.bidi import isolated
from common.search_words import contains, snippet
from directory.desk import DeskItem, DeskPlace
from meetings.enums import (
    TO_DECIDE,
    UNDECIDED_EVENTS,
    ChangeState,
    LetterState,
    MeetingState,
    RegistrationState,
    ReportState,
)
from meetings.models import (
    ActionItem,
    Decision,
    Meeting,
    MinutesVersion,
    Registration,
    ReportCall,
    TermsVersion,
    ThematicEvent,
    VoluntaryReport,
    WorkingGroup,
)
from meetings.selectors.delegations import waiting_by_organization
from meetings.selectors.events import desk_of_events
from meetings.selectors.groups import desk_of_groups
from meetings.selectors.registration import own_registration
from meetings.selectors.reports import desk_of_reports
from meetings.selectors.versions import discussion_items, find_sessions


def meetings_for_home(user: Any) -> dict[str, Any]:
    """The next meeting for the home page.

    Keys: `next` (Meeting or None: title, summary, place, city, country, starts_at, ends_at, time_zone), `items` (its
    discussion items: item letter, title, get_absolute_url into the programme), `window` (RegistrationWindow: code and
    label), `registration` (the reader's own, or None), `later` (up to three meetings after it), `holds_until`.
    """
    now = timezone.now()
    coming = list(
        Meeting.objects.visible_to(user)
        .filter(state=MeetingState.PUBLISHED, group=None)
        .upcoming(now)
        .select_related("country", "host")[:4]
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
        contains(words, "title", "title_en", "summary", "summary_en", "place", "place_en", "city", "purpose", "purpose_en")
    ).order_by("-starts_at")[:limit]:
        hits.append(hit(meeting.title, meeting.get_absolute_url(), _("Meeting"), meeting.summary))
    for session in find_sessions(meetings, words, limit=limit):
        hits.append(hit(str(session), session.get_absolute_url(), _("Session"), session.summary))
    for event in ThematicEvent.objects.visible_to(user).filter(
        contains(words, "title", "title_en", "summary", "summary_en", "city")
    )[:limit]:
        hits.append(hit(event.title, event.get_absolute_url(), _("Thematic event"), event.summary))
    hits += [hit(*row) for row in _in_groups(user, words, limit)]
    for report in VoluntaryReport.objects.visible_to(user).filter(contains(words, "title", "summary", "country__name"))[:limit]:
        hits.append(hit(str(report), report.get_absolute_url(), _("Voluntary report"), report.summary))
    return hits[:limit]


def _in_groups(user: Any, words: str, limit: int) -> Iterator[tuple[str, str, str, str]]:
    """Groups by name, summary and terms in force; decisions and minutes, each as far as the reader sees them."""
    groups = WorkingGroup.objects.visible_to(user)
    in_terms = TermsVersion.objects.current().filter(text__icontains=words).values("group")
    in_group = contains(words, "name", "name_en", "summary", "summary_en") | Q(pk__in=in_terms)
    for group in groups.filter(in_group)[:limit]:
        yield group.name, group.get_absolute_url(), _("Working group"), group.summary
    decisions = Decision.objects.visible_to(user).filter(contains(words, "number", "title", "text")).select_related("group")
    for decision in decisions[:limit]:
        url = f"{decision.group.get_absolute_url()}#decision-{decision.pk}"
        yield str(decision), url, _("Decision"), decision.text
    versions = MinutesVersion.objects.visible_to(user).filter(text__icontains=words).select_related("minutes__meeting")
    shown = set()
    for version in versions.order_by("-number")[:limit]:
        if version.minutes_id not in shown:
            shown.add(version.minutes_id)
            yield str(version.minutes), version.minutes.get_absolute_url(), _("Minutes"), version.text


# --- The desk --------------------------------------------------------------------------------------------------------


def desk_of_meetings(user: Any) -> list[DeskItem]:
    """Decisions that wait for staff, what waits for the person's organizations and groups, the person's own registrations."""
    return [*_to_decide(user), *_to_endorse(user), *desk_of_groups(user), *_own(user)]


def _to_endorse(user: Any) -> list[DeskItem]:
    """What waits for the person's organizations, and the letters that wait for a signature."""
    items = [
        DeskItem(
            title=meeting.title,
            act=_("Endorse or refuse"),
            url=reverse("meetings:delegation", args=[meeting.slug, organization.code]),
            due=meeting.starts_at,
            note=ngettext("%(n)d registration waits for %(organization)s", "%(n)d registrations wait for %(organization)s", n)
            % {"n": n, "organization": isolated(organization.short_name)},
            focal_points_of=organization.pk,
        )
        for (meeting, organization), n in waiting_by_organization(user).items()
        if meeting.ends_at > timezone.now()
    ]
    unsigned = Q(registrations__letters__state=LetterState.REQUESTED)
    managed = Meeting.objects.managed_by(user).upcoming().annotate(n=Count("registrations__letters", filter=unsigned))
    return items + [
        DeskItem(
            title=meeting.title,
            act=_("Sign invitation letters"),
            url=reverse("meetings:letters", args=[meeting.slug]),
            due=meeting.starts_at,
            note=ngettext("%(n)d letter waits", "%(n)d letters wait", meeting.n) % {"n": meeting.n},
        )
        for meeting in managed.filter(n__gt=0)
    ]


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
    return [*items, *desk_of_events(user), *desk_of_reports(user)]


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


def places_of_meetings(user: Any) -> list[DeskPlace]:
    """Where the secretariat works on meetings: each page with how much is there. Who serves for one meeting has its list."""
    places = []
    managed = Meeting.objects.managed_by(user)
    if managed.exists():
        ahead = managed.filter(group=None).exclude(state=MeetingState.CANCELLED).upcoming().count()
        note = ngettext("%(n)d meeting lies ahead", "%(n)d meetings lie ahead", ahead) % {"n": ahead}
        places.append(DeskPlace(_("Meetings"), reverse("meetings:list"), note))
    if may(user, "meetings.review_thematicevents"):
        waiting = ThematicEvent.objects.visible_to(user).filter(state__in=UNDECIDED_EVENTS).count()
        note = ngettext("%(n)d proposal waits for a decision", "%(n)d proposals wait for a decision", waiting) % {"n": waiting}
        places.append(DeskPlace(_("Review of thematic events"), reverse("meetings:events_review"), note))
    if may(user, "meetings.edit_reportcall"):
        sent = VoluntaryReport.objects.visible_to(user).filter(state=ReportState.SUBMITTED).count()
        note = ngettext("%(n)d report waits to be published", "%(n)d reports wait to be published", sent) % {"n": sent}
        places.append(DeskPlace(_("Voluntary reports"), reverse("meetings:reports"), note))
    if may(user, "meetings.edit_group"):
        late = ActionItem.objects.visible_to(user).unfinished().filter(due_on__lt=timezone.now().date()).count()
        note = ngettext("%(n)d action is overdue", "%(n)d actions are overdue", late) % {"n": late}
        places.append(DeskPlace(_("Working groups"), reverse("meetings:working_groups"), note))
    return places


# --- Machines and the person -----------------------------------------------------------------------------------------


def addresses_of_meetings() -> list[str]:
    """The English public addresses of meetings, programmes, events, groups and reports."""
    nobody = AnonymousUser()
    with translation.override("en"):
        paths = []
        for slug in Meeting.objects.visible_to(nobody).filter(group=None).values_list("slug", flat=True):
            paths += [reverse("meetings:meeting", args=[slug]), reverse("meetings:programme", args=[slug])]
        paths += [event.get_absolute_url() for event in ThematicEvent.objects.visible_to(nobody)]
        paths += [group.get_absolute_url() for group in WorkingGroup.objects.visible_to(nobody)]
        of_groups = Meeting.objects.visible_to(nobody).exclude(group=None)
        paths += [meeting.get_absolute_url() for meeting in of_groups]
        paths += [report.get_absolute_url() for report in VoluntaryReport.objects.visible_to(nobody)]
        paths += [call.get_absolute_url() for call in ReportCall.objects.visible_to(nobody)]
    return paths
