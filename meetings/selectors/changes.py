"""What differs between two programmes, session by session, in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from common.bidi import isolated
from common.textdiff import word_diff_html
from meetings.selectors.snapshots import Programme, ProgrammeSession, ProgrammeSpeaker


@dataclass(frozen=True)
class Line:
    """One thing that changed. Without `old` it was added, without `new` taken out; a long text is shown word by word."""

    what: str
    old: str = ""
    new: str = ""
    is_text: bool = False

    @property
    def html(self) -> SafeString:
        """The two texts in one, with what was struck and what was added."""
        return word_diff_html(self.old, self.new)

    @property
    def in_words(self) -> str:
        """One line of plain text, for messages."""
        if self.is_text or not (self.old or self.new):
            return self.what
        if not self.old:
            return _("%(what)s: %(new)s (new)") % {"what": self.what, "new": isolated(self.new)}
        if not self.new:
            return _("%(what)s: %(old)s (no longer)") % {"what": self.what, "old": isolated(self.old)}
        return _("%(what)s: %(old)s → %(new)s") % {"what": self.what, "old": isolated(self.old), "new": isolated(self.new)}


@dataclass(frozen=True)
class SessionChange:
    """A session that was added, removed or changed; `session` is the newer of the two."""

    kind: str  # added, removed, changed
    session: ProgrammeSession
    lines: list[Line]


@dataclass(frozen=True)
class Comparison:
    """What leads from one programme to the next."""

    old: Programme | None
    new: Programme
    rooms: list[Line]
    sessions: list[SessionChange]

    @property
    def is_empty(self) -> bool:
        return not self.rooms and not self.sessions

    @cached_property
    def summary(self) -> str:
        """How much changed, in one line."""
        counts = {kind: sum(change.kind == kind for change in self.sessions) for kind in ("added", "removed", "changed")}
        parts = []
        if n := counts["added"]:
            parts.append(ngettext("%(n)d session added", "%(n)d sessions added", n) % {"n": n})
        if n := counts["removed"]:
            parts.append(ngettext("%(n)d session removed", "%(n)d sessions removed", n) % {"n": n})
        if n := counts["changed"]:
            parts.append(ngettext("%(n)d session changed", "%(n)d sessions changed", n) % {"n": n})
        if n := len(self.rooms):
            parts.append(ngettext("%(n)d change of a room", "%(n)d changes of rooms", n) % {"n": n})
        return " · ".join(parts) or _("No difference")


def compare(old: Programme | None, new: Programme) -> Comparison:
    """The differences in the order of the newer programme, what was removed where it stood; without `old` all is new."""
    if old is None:
        return Comparison(None, new, [], [SessionChange("added", session, _facts(session)) for session in new.sessions])
    changes = []
    for session in new.sessions:
        before = old.by_code.get(session.code)
        if before is None:
            changes.append(SessionChange("added", session, _facts(session)))
        elif before.raw != session.raw or (before.room and before.room.name) != (session.room and session.room.name):
            lines = list(_lines(before, session)) or [Line(_("Small corrections"))]
            changes.append(SessionChange("changed", session, lines))
    changes += [SessionChange("removed", row, _facts(row)) for row in old.sessions if row.code not in new.by_code]
    changes.sort(key=lambda change: (change.session.local_start, change.session.code))
    return Comparison(old, new, list(_rooms(old, new)), changes)


def hours(session: ProgrammeSession, *, with_day: bool = True) -> str:
    """When a session takes place, on the place's clock: "Thu 30 November, 09:00–10:30"."""
    span = f"{session.local_start:%H:%M}–{session.local_end:%H:%M}"
    if not with_day:
        return span
    day = f"{date_format(session.local_start, 'D')} {date_format(session.local_start, 'MONTH_DAY_FORMAT')}"
    return _("%(day)s, %(hours)s") % {"day": day, "hours": span}


def _room(session: ProgrammeSession) -> str:
    return session.room.name if session.room else pgettext("room of a session", "none")


def _facts(session: ProgrammeSession) -> list[Line]:
    """When and where, for a session that is wholly new or gone."""
    where = f" · {session.room.name}" if session.room else ""
    return [Line(hours(session) + where)]


def _lines(old: ProgrammeSession, new: ProgrammeSession) -> Iterator[Line]:
    if (old.local_start, old.local_end) != (new.local_start, new.local_end):
        other_day = old.local_start.date() != new.local_start.date() or old.local_end.date() != new.local_end.date()
        yield Line(_("Time"), hours(old, with_day=other_day), hours(new, with_day=other_day))
    if _room(old) != _room(new):
        yield Line(_("Room"), _room(old), _room(new))
    if old.title != new.title:
        yield Line(_("Title"), old.title, new.title)
    yield from _speakers(old.speakers, new.speakers)
    for what, before, after in (
        (_("Kind"), old.get_kind_display, new.get_kind_display),
        (_("Discussion item"), old.item, new.item),
        (_("Number"), old.number, new.number),
        (_("Interpretation"), old.languages, new.languages),
        (_("Documents"), ", ".join(map(str, old.documents)), ", ".join(map(str, new.documents))),
    ):
        if before != after:
            yield Line(what, before, after)
    if old.summary != new.summary:
        yield Line(_("The description has changed"), old.summary, new.summary, is_text=True)
    yield from _other_languages(old, new)
    if [doc.address for doc in old.documents] != [doc.address for doc in new.documents] and list(map(str, old.documents)) == list(
        map(str, new.documents)
    ):
        yield Line(_("A document has a new address"))
    if old.raw.get("links", {}) != new.raw.get("links", {}):
        yield Line(_("It leads to other drafts, briefs or solutions"))


def _other_languages(old: ProgrammeSession, new: ProgrammeSession) -> Iterator[Line]:
    """Translations that the reader does not see, by language."""
    own, names = get_language() or "en", dict(settings.LANGUAGES)
    touched = {
        code
        for name in ("title", "summary")
        for code in {*old.raw[name], *new.raw[name]}
        if old.raw[name].get(code) != new.raw[name].get(code)
    }
    # English stands in for a language without a text of its own, so the reader has seen that change already.
    said_already = {own, ""} | ({"en"} if own not in {*new.raw["title"], *old.raw["title"]} else set())
    others = [str(names.get(code, code)) for code in sorted(touched - said_already)]
    if others:
        yield Line(_("Text in other languages: %(languages)s") % {"languages": ", ".join(others)})


def _speakers(old: list[ProgrammeSpeaker], new: list[ProgrammeSpeaker]) -> Iterator[Line]:
    before, after = [_key(who) for who in old], [_key(who) for who in new]
    gone = [who for who in old if _key(who) not in after]
    came = [who for who in new if _key(who) not in before]
    known = {_key(who): who for who in old}
    for who in new:
        earlier = known.get(_key(who))
        if earlier and earlier.in_full != who.in_full:
            yield Line(_("Speaker"), earlier.in_full, who.in_full)
    if len(gone) == 1 and len(came) == 1 and gone[0].part == came[0].part:
        yield Line(came[0].get_part_display, gone[0].in_short, came[0].in_short)
        return
    for who in gone:
        yield Line(who.get_part_display, old=who.in_short)
    for who in came:
        yield Line(who.get_part_display, new=who.in_short)
    if not gone and not came and before != after:
        yield Line(_("Speakers are in another order"))


def _key(who: ProgrammeSpeaker) -> Any:
    """What makes somebody the same from one version to the next: the name, or where it was taken out the organization."""
    return who.name or (who.organization, who.role, who.part)


def _rooms(old: Programme, new: Programme) -> Iterator[Line]:
    before, after = {room.code: room for room in old.rooms}, {room.code: room for room in new.rooms}
    for code, room in after.items():
        if code not in before:
            yield Line(_("Room"), new=room.name)
            continue
        if before[code].name != room.name:
            yield Line(_("Room"), before[code].name, room.name)
        if before[code].seats != room.seats:
            yield Line(_("Seats in %(room)s") % {"room": isolated(room.name)}, str(before[code].seats), str(room.seats))
        if before[code].note != room.note:
            yield Line(_("About %(room)s") % {"room": isolated(room.name)}, before[code].note, room.note)
    for code, room in before.items():
        if code not in after:
            yield Line(_("Room"), old=room.name)
