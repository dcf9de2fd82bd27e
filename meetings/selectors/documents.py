"""The documents of a meeting: language versions of one document together."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import get_language

from meetings.models import Meeting, MeetingDocument

_ORDER = {code: place for place, (code, _name) in enumerate(settings.LANGUAGES)}


@dataclass(frozen=True)
class DocumentGroup:
    """One document: the version for the reader, and all its versions in the order of the languages."""

    shown: MeetingDocument
    versions: list[MeetingDocument]

    @property
    def others(self) -> list[MeetingDocument]:
        return [row for row in self.versions if row.pk != self.shown.pk]


def documents_of(meeting: Meeting) -> list[DocumentGroup]:
    """Every document once, in the reader's language where there is one, else in English, else in the first there is."""
    groups: dict[str, list[MeetingDocument]] = {}
    for document in meeting.documents.select_related("file"):
        document.meeting = meeting
        groups.setdefault(document.code, []).append(document)
    found = []
    for versions in groups.values():
        versions.sort(key=lambda row: _ORDER.get(row.language, len(_ORDER)))
        by_language = {row.language: row for row in versions}
        found.append(DocumentGroup(by_language.get(get_language() or "") or by_language.get("en") or versions[0], versions))
    return found
