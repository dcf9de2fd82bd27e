"""Messages about programmes: to each follower one for every release, with what changed for them."""

from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings.models import Meeting, ProgrammeVersion
from meetings.selectors.changes import Comparison, compare
from meetings.selectors.following import Group
from meetings.selectors.versions import read_version
from notifications.kinds import Attachment, Kind, in_all_languages, link, register
from notifications.models import Notification
from notifications.services import notify

MOST_CHANGES = 30  # that a message spells out


def _calendar_file(context: dict[str, Any]) -> list[Attachment]:
    if not context["calendar"]:
        return []
    return [("programme.ics", context["calendar"].encode(), "text/calendar; charset=utf-8; method=PUBLISH")]


def _meeting_is_visible(notification: Notification) -> bool:
    """Nothing is said of a meeting that the person does not see any more."""
    return Meeting.objects.visible_to(notification.recipient).filter(slug=notification.context["slug"]).exists()


RELEASED = register(
    Kind(
        "meetings.programme_released",
        subject=gettext_lazy("Programme, version %(number)s: %(meeting)s"),
        label=gettext_lazy("The programme of a meeting that you follow has changed"),
        action=gettext_lazy("Open your programme"),
        attachments=_calendar_file,
        is_visible=_meeting_is_visible,
    )
)


def changes_in_all_languages(version: ProgrammeVersion, last: ProgrammeVersion | None) -> list[dict[str, Any]]:
    """What changed, session by session: code, title and lines, each text frozen in every language. Rooms have no code."""
    by_language: dict[str, dict[str, tuple[str, list[str]]]] = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            by_language[code] = _said(compare(read_version(last) if last else None, read_version(version)))
    return [
        {
            "code": code,
            "title": {"_texts": {language: rows[code][0] for language, rows in by_language.items() if code in rows}},
            # A line may be there in one language only, where only its text has changed. So all lines are one text.
            "lines": {"_texts": {language: "\n".join(rows[code][1]) for language, rows in by_language.items() if code in rows}},
        }
        for code in by_language["en"]
    ]


def _said(comparison: Comparison) -> dict[str, tuple[str, list[str]]]:
    """Title and lines by the session's code."""
    words = {"added": _("New in the programme"), "removed": _("Not in the programme any more"), "changed": ""}
    rows = {"": (_("Rooms"), [row.in_words for row in comparison.rooms])}
    for change in comparison.sessions:
        lines = [*filter(None, [words[change.kind]]), *(row.in_words for row in change.lines)]
        rows[change.session.code] = (str(change.session), lines)
    return rows


def programme_released(version: ProgrammeVersion, *, group: Group, changes: list[dict[str, Any]], calendar: str) -> None:
    """To the followers of one group: a new version, what changed for them, the changed sessions as a calendar file."""
    meeting = version.meeting
    own = [row for row in changes if row["lines"]["_texts"]["en"] and (group.codes is None or row["code"] in group.codes)]
    is_first = version.number == 1
    notify(
        kind=RELEASED,
        to=group.people,
        cause=f"programme of meeting {meeting.pk} version {version.number}",
        context={
            "meeting": in_all_languages(meeting, "title"),
            "slug": meeting.slug,
            "number": version.number,
            "note": version.note,
            "is_first": is_first,
            "sessions": len(version.content["sessions"]),
            "changes": [] if is_first else own[:MOST_CHANGES],
            "more": 0 if is_first else max(len(own) - MOST_CHANGES, 0),
            "only_starred": group.codes is not None,
            "calendar": calendar,
            "changelog": link("meetings:programme_versions", meeting.slug),
            "link": link("meetings:my_programme", meeting.slug),
        },
    )
