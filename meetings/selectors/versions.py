"""Which programme somebody reads: the released version in force, an older one, or the secretariat's working copy."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils.translation import get_language

from directory.enums import JobState
from directory.models import Job
from meetings.models import Meeting, ProgrammeVersion
from meetings.selectors.snapshots import Programme, ProgrammeSession, address_of, digest, read_programme, snapshot

RENDER_PROGRAMME = "meetings.render_programme"
WORKING = "working"


def read_version(version: ProgrammeVersion, meeting: Meeting | None = None) -> Programme:
    """A released version in the reader's language."""
    return read_programme(meeting or version.meeting, version.content, version=version, removed=version.removed)


def latest_version(meeting: Meeting) -> ProgrammeVersion | None:
    return meeting.programme_versions.order_by("-number").first()


def released_programme(meeting: Meeting) -> Programme | None:
    """What the public reads, or None where nothing is released. One query."""
    version = latest_version(meeting)
    return read_version(version, meeting) if version else None


def working_programme(meeting: Meeting) -> Programme:
    """The secretariat's working copy, read in the same way."""
    return read_programme(meeting, snapshot(meeting))


def differs_from_release(meeting: Meeting, version: ProgrammeVersion | None) -> bool:
    """Whether the working copy says anything else than `version`; without one, whether there is anything to release."""
    content = snapshot(meeting)
    if version is None:
        return bool(content["sessions"])
    return digest(content) != (digest(version.content) if version.redacted_at else version.sha256)


def discussion_items(meeting: Meeting) -> list[ProgrammeSession]:
    """The lettered items of the released programme, (a) to (d) in the first meeting."""
    programme = released_programme(meeting)
    return sorted((row for row in programme.sessions if row.item), key=lambda row: row.item) if programme else []


def find_sessions(meetings: Any, words: str, *, limit: int) -> list[ProgrammeSession]:
    """Sessions of the released programmes of `meetings` that contain the words, in the reader's language or in English."""
    found: list[ProgrammeSession] = []
    versions = ProgrammeVersion.objects.filter(meeting__in=meetings).latest().filter(text__icontains=words)
    needle, languages = words.casefold(), (get_language() or "en", "en", "")
    for version in versions.select_related("meeting").order_by("-meeting__starts_at"):
        for session in read_version(version).sessions:
            if any(needle in text.casefold() for text in _searched(session, languages)):
                found.append(session)
                if len(found) == limit:
                    return found
    return found


def _searched(session: ProgrammeSession, languages: Iterable[str]) -> Iterable[str]:
    for name in ("title", "summary"):
        yield from (session.raw[name].get(code, "") for code in languages)
    yield from (speaker.name for speaker in session.speakers)


def _without_links(row: dict[str, Any]) -> dict[str, Any]:
    """A session without the pages it leads to: not everybody may know of each."""
    return {name: value for name, value in row.items() if name != "links"}


def programme_data(version: ProgrammeVersion) -> dict[str, Any]:
    """A released version as open data, every text in all its languages."""
    meeting, content = version.meeting, version.content
    return {
        "meeting": meeting.slug,
        "version": version.number,
        "note": version.note,
        "released_at": version.released_at.isoformat(),
        "sha256": version.sha256,
        "time_zone": content["time_zone"],
        "rooms": content["rooms"],
        "sessions": [
            {**_without_links(row), "documents": [_public_document(meeting, document) for document in row["documents"]]}
            for row in content["sessions"]
        ],
        "removed": [row["code"] for row in version.removed],
    }


def _public_document(meeting: Meeting, document: dict[str, Any]) -> dict[str, Any]:
    address = address_of(meeting, document)
    url = settings.PUBLIC_URL + address if address.startswith("/") else address
    return {"symbol": document["symbol"], "title": document["title"], "language": document["language"], "url": url}


def last_render_failed(version: ProgrammeVersion) -> bool:
    """Whether the newest attempt to make the printable programme ended in an error."""
    jobs = Job.objects.filter(kind=RENDER_PROGRAMME, arguments__version=version.pk).order_by("-created_at")
    return jobs.values_list("state", flat=True).first() == JobState.FAILED
