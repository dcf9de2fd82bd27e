"""What a machine can find wrong with a brief's content before it is published."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from briefs.enums import FindingLevel

_NOTE = re.compile(r"\[\^(\d{1,3})\]")
_REFERENCE = re.compile(r"\[(@[a-z0-9-]{1,40}(?:;\s*@[a-z0-9-]{1,40})*)\]")
_FIGURE = re.compile(r"\[figure ([a-z0-9-]{1,40})\]")
_MAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_HEADINGS = {"h3": 3, "h4": 4}
_SAYS_NOTHING = {"here", "click here", "link", "this link", "read more", "ici", "aquí", "здесь", "这里", "هنا"}
LONGEST_ALT = 300


@dataclass(frozen=True)
class Finding:
    """Something that must be put right, or looked at.

    Args:
        key: names the finding for as long as the text stays the same.
        what: the fact; `todo`: what to do about it.
        anchor: the place in the text, as an id on the brief's page; empty where it concerns the whole.
        section: the place of the section in the content, from 0; None where it concerns no single one.
        figure, reference: the key of the one that it concerns; `part`: the part of the contents, like "footnotes".
    """

    key: str
    level: FindingLevel
    what: str
    todo: str
    anchor: str = ""
    section: int | None = None
    figure: str = ""
    reference: str = ""
    part: str = ""

    @property
    def is_error(self) -> bool:
        return self.level == FindingLevel.ERROR


@dataclass
class _Body:
    """What a section's HTML holds, in order."""

    headings: list[tuple[int, str]] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    tables: list[dict[str, bool]] = field(default_factory=list)
    paragraphs: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    text: str = ""


class _Reader(HTMLParser):
    """Reads a cleaned body: headings, links, tables, paragraphs."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.body = _Body()
        self.open: dict[str, str] = {}
        self.href: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if values.get("id"):
            self.body.ids.add(str(values["id"]))
        if tag in {*_HEADINGS, "a", "p"}:
            self.open[tag] = ""
        if tag == "a":
            self.href = values.get("href")
        if tag == "table":
            self.body.tables.append({"head": False, "caption": False})
        if tag in {"th", "caption"} and self.body.tables:
            self.body.tables[-1]["head" if tag == "th" else "caption"] = True

    def handle_data(self, data: str) -> None:
        self.body.text += data
        for tag in self.open:
            self.open[tag] += data

    def handle_endtag(self, tag: str) -> None:
        words = " ".join(self.open.pop(tag, "").split())
        if tag in _HEADINGS:
            self.body.headings.append((_HEADINGS[tag], words))
        elif tag == "a" and self.href is not None:
            self.body.links.append((self.href, words))
            self.href = None
        elif tag == "p":
            self.body.paragraphs.append(words)


def _read(html: str) -> _Body:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.body


def findings_of(content: dict[str, Any]) -> list[Finding]:
    """Everything found in a content, errors first, then in the order of the text."""
    bodies = [_read(section["body"]) for section in content["sections"]]
    found = [*_of_the_whole(content)]
    for place, body in enumerate(bodies):
        found += _of_a_section(content, place, body)
    found += _of_notes(content, bodies)
    found += _of_references(content, bodies)
    found += _of_figures(content, bodies)
    unique = {finding.key: finding for finding in found}
    return sorted(unique.values(), key=lambda finding: not finding.is_error)


def findings_of_unused(*, figures: Mapping[str, str], references: Mapping[str, str]) -> list[Finding]:
    """Warnings about what belongs to a brief and stands nowhere in its text, and so in no content.

    Args:
        figures, references: captions and formatted references by key.
    """
    return [
        *(
            _warning(
                f"figure-unused:{key}",
                _("The figure “%(figure)s” stands nowhere in the text.") % {"figure": caption or key},
                _("Put its mark into a section, or remove it."),
                figure=key,
            )
            for key, caption in figures.items()
        ),
        *(
            _warning(
                f"reference-unused:{key}",
                _("Nothing in the text cites the reference “%(reference)s”.") % {"reference": text or key},
                _("Cite it where it belongs, or remove it."),
                reference=key,
            )
            for key, text in references.items()
        ),
    ]


def _error(key: str, what: str, todo: str, **place: Any) -> Finding:
    return Finding(key, FindingLevel.ERROR, what, todo, **place)


def _warning(key: str, what: str, todo: str, **place: Any) -> Finding:
    return Finding(key, FindingLevel.WARNING, what, todo, **place)


def _of_the_whole(content: dict[str, Any]) -> Iterator[Finding]:
    if content.get("language") not in dict(settings.LANGUAGES):
        todo = _("Choose its language: screen readers need it.")
        yield _error("language", _("The language of the brief is not set."), todo, part="words")
    if not content["title"].strip():
        yield _error("title", _("The brief has no title."), _("Give it one."), part="words")
    if not content["summary"].strip():
        todo = _("Write two or three sentences: lists and searches show them.")
        yield _error("summary", _("The brief has no summary."), todo, part="words")
    if not content["key_messages"]:
        yield _error("messages", _("The brief has no key messages."), _("Add at least one."), part="words")
    if not content["sections"]:
        yield _error("sections", _("The brief has no section."), _("Add the sections that the agencies write."), part="sections")
    if not any(agency["is_lead"] for agency in content["agencies"]):
        yield _error("lead", _("No agency leads the brief."), _("Say which agency leads."), part="agencies")
    doubled = [heading for heading, times in Counter(row["heading"].strip() for row in content["sections"]).items() if times > 1]
    for heading in doubled:
        yield _warning(
            f"heading-twice:{heading[:60]}",
            _("Two sections have the heading “%(heading)s”.") % {"heading": heading},
            _("Readers who jump from heading to heading cannot tell them apart: rename one."),
            section=max(place for place, row in enumerate(content["sections"]) if row["heading"].strip() == heading),
        )


def _of_a_section(content: dict[str, Any], place: int, body: _Body) -> Iterator[Finding]:
    section = content["sections"][place]
    where: dict[str, Any] = {"anchor": section["anchor"], "section": place}
    name = {"section": section["heading"] or place + 1}
    if not section["heading"].strip():
        yield _error(f"no-heading:{place}", _("Section %(section)s has no heading.") % name, _("Give it one."), **where)
    if not section["agency"]:
        yield _error(f"no-agency:{place}", _("No agency owns “%(section)s”.") % name, _("Say which agency writes it."), **where)
    if not body.text.strip() and not _FIGURE.search(section["body"]):
        yield _error(
            f"empty:{place}", _("“%(section)s” has no text.") % name, _("Write it, or have the section removed."), **where
        )
    yield from _of_headings(place, body, name, where)
    yield from _of_tables(place, body, name, where)
    ids = {anchor for row in content["sections"] for anchor in [row["anchor"]]} | body.ids
    ids |= {f"note-{number}" for number, _text in enumerate(content["footnotes"], 1)}
    for number, (href, words) in enumerate(body.links):
        yield from _of_a_link(f"{place}.{number}", href, words, ids, name, where)


def _of_headings(place: int, body: _Body, name: dict[str, Any], where: dict[str, Any]) -> Iterator[Finding]:
    level = 2  # the section's own heading
    for number, (next_level, words) in enumerate(body.headings):
        if not words:
            yield _error(
                f"empty-heading:{place}.{number}",
                _("“%(section)s” has an empty heading inside.") % name,
                _("Write its words or remove it."),
                **where,
            )
        if next_level > level + 1:
            yield _error(
                f"heading-order:{place}.{number}",
                _("In “%(section)s” the heading “%(heading)s” skips a level.") % {**name, "heading": words},
                _("Make it one level higher: below the section's heading comes level 3, then level 4."),
                **where,
            )
        level = next_level


def _of_tables(place: int, body: _Body, name: dict[str, Any], where: dict[str, Any]) -> Iterator[Finding]:
    for number, table in enumerate(body.tables):
        if not table["head"]:
            yield _error(
                f"table-head:{place}.{number}",
                _("A table in “%(section)s” has no heading cells.") % name,
                _("Make its first row or column headings: without them a screen reader reads numbers without meaning."),
                **where,
            )
        if not table["caption"]:
            yield _warning(
                f"table-caption:{place}.{number}",
                _("A table in “%(section)s” has no caption.") % name,
                _("Say in a caption what the table shows."),
                **where,
            )


def _is_address(href: str, ids: set[str]) -> bool:
    """Whether a link can lead anywhere outside, or to a place that exists."""
    if href.startswith("#"):
        return href[1:] in ids
    if href.startswith("mailto:"):
        return bool(_MAIL.fullmatch(href.removeprefix("mailto:").partition("?")[0]))
    try:
        parts = urlsplit(href)
        host = parts.hostname or ""
        _port = parts.port
    except ValueError:
        return False
    if parts.scheme not in {"http", "https"} or "%20" in parts.netloc:
        return False
    try:
        return ip_address(host).is_global
    except ValueError:
        return "." in host.strip(".") and not host.endswith((".local", ".internal", ".localhost", ".invalid"))


def _of_a_link(key: str, href: str, words: str, ids: set[str], name: dict[str, Any], where: dict[str, Any]) -> Iterator[Finding]:
    if not _is_address(href, ids):
        yield _error(
            f"link:{key}",
            _("A link in “%(section)s” leads nowhere: %(address)s") % {**name, "address": href or "–"},
            _("Correct the address, or remove the link."),
            **where,
        )
    if not words:
        yield _error(
            f"link-words:{key}",
            _("A link in “%(section)s” has no words: %(address)s") % {**name, "address": href},
            _("Put the link on words that say where it leads."),
            **where,
        )
    elif words.casefold() in _SAYS_NOTHING:
        yield _warning(
            f"link-vague:{key}",
            _("A link in “%(section)s” says only “%(words)s”.") % {**name, "words": words},
            _("Put the link on words that say where it leads."),
            **where,
        )


def _of_notes(content: dict[str, Any], bodies: list[_Body]) -> Iterator[Finding]:
    notes, used = content["footnotes"], set()
    for place, body in enumerate(bodies):
        section = content["sections"][place]
        for mark in _NOTE.findall(body.text):
            used.add(int(mark))
            if not 0 < int(mark) <= len(notes):
                yield _error(
                    f"note-missing:{place}.{mark}",
                    _("“%(section)s” points to note %(number)s, which does not exist.")
                    % {"section": section["heading"], "number": mark},
                    _("Add the note, or remove the mark."),
                    anchor=section["anchor"],
                    section=place,
                )
    for number, text in enumerate(notes, 1):
        if not str(text).strip():
            yield _error(
                f"note-empty:{number}",
                _("Note %(number)s is empty.") % {"number": number},
                _("Write it or remove it."),
                part="footnotes",
            )
        if number not in used:
            yield _warning(
                f"note-unused:{number}",
                _("Nothing in the text points to note %(number)s.") % {"number": number},
                _("Put its mark where it belongs, or remove the note."),
                anchor=f"note-{number}",
                part="footnotes",
            )


def _of_references(content: dict[str, Any], bodies: list[_Body]) -> Iterator[Finding]:
    known = {row["key"] for row in content.get("references", [])}
    for place, body in enumerate(bodies):
        section = content["sections"][place]
        for mark in _REFERENCE.findall(body.text):
            for key in (part.strip().removeprefix("@") for part in mark.split(";")):
                if key not in known:
                    yield _error(
                        f"reference-missing:{place}.{key}",
                        _("“%(section)s” cites “%(key)s”, which is not among the references.")
                        % {"section": section["heading"], "key": key},
                        _("Add the reference, or correct the mark."),
                        anchor=section["anchor"],
                        section=place,
                    )


def _of_figures(content: dict[str, Any], bodies: list[_Body]) -> Iterator[Finding]:
    known = {row["key"]: row for row in content.get("figures", [])}
    shown: set[str] = set()
    for place, body in enumerate(bodies):
        section = content["sections"][place]
        where: dict[str, Any] = {"anchor": section["anchor"], "section": place}
        alone = {mark[1] for mark in map(_FIGURE.fullmatch, body.paragraphs) if mark}
        for key in _FIGURE.findall(body.text):
            words = {"section": section["heading"], "key": key}
            if key not in known:
                yield _error(
                    f"figure-missing:{place}.{key}",
                    _("“%(section)s” shows the figure “%(key)s”, which does not exist.") % words,
                    _("Add the figure, or correct the mark."),
                    **where,
                )
            elif key not in alone:
                yield _error(
                    f"figure-inline:{place}.{key}",
                    _("In “%(section)s” the mark of the figure “%(key)s” stands inside other text.") % words,
                    _("Give the mark a paragraph of its own: only then the figure is shown."),
                    **where,
                )
            elif key in shown:
                yield _error(
                    f"figure-twice:{place}.{key}",
                    _("“%(section)s” shows the figure “%(key)s” once more.") % words,
                    _("Leave its mark where the figure belongs, and name it by its number elsewhere."),
                    **where,
                )
            shown.add(key)
    for key, row in known.items():
        yield from _of_a_figure(key, row)


def _of_a_figure(key: str, row: dict[str, Any]) -> Iterator[Finding]:
    name = {"figure": row.get("caption") or key}
    alt = str(row.get("alt") or "").strip()
    where = {"anchor": f"figure-{key}", "figure": key}
    if not alt:
        yield _error(
            f"figure-alt:{key}",
            _("The figure “%(figure)s” has no alternative text.") % name,
            _("Say in words what it shows, for those who cannot see it."),
            **where,
        )
    elif alt == str(row.get("caption") or "").strip() or len(alt) > LONGEST_ALT:
        yield _warning(
            f"figure-alt-odd:{key}",
            _("The alternative text of “%(figure)s” repeats the caption or is very long.") % name,
            _("Say in one or two sentences what can be seen, not what stands beside it."),
            **where,
        )
    if not str(row.get("caption") or "").strip():
        yield _error(f"figure-caption:{key}", _("The figure “%(figure)s” has no caption.") % name, _("Give it one."), **where)
    if not str(row.get("credit") or "").strip():
        yield _error(
            f"figure-credit:{key}",
            _("The figure “%(figure)s” has no credit.") % name,
            _("Name who made it, and its licence."),
            **where,
        )
    if not str(row.get("licence") or "").strip():
        yield _error(
            f"figure-licence:{key}",
            _("The figure “%(figure)s” has no licence.") % name,
            _("Choose under which terms it may be used."),
            **where,
        )
