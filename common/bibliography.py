"""Sources out of BibTeX, RIS or lines of text with a DOI, as CSL-JSON. A broken entry spoils no other."""

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

import rispy
from django.utils.translation import gettext as _
from pybtex.database import Entry, Person
from pybtex.database.input.bibtex import Parser, month_names
from pybtex.errors import capture
from pybtex.exceptions import PybtexError
from pybtex.richtext import Text

from common.access import Refused

LONGEST = 200_000
MOST_ENTRIES = 200
_DOI = re.compile(r"\b(10\.\d{4,9}/[^\s\"<>]+)", re.ASCII)
_RIS_LINE = re.compile(r"^TY\s{1,2}-\s", re.MULTILINE)
# Bounded: "\s*" at the beginning of every line reads a text of empty lines once for each of them.
_BIBTEX_ENTRY = re.compile(r"^[ \t]{0,40}@\s{0,40}\w+\s{0,40}[{(]", re.MULTILINE)
_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)")
_STRING = re.compile(r"@\s*string\b", re.IGNORECASE)
_LONGEST_WORDS = 600
_LONGEST_ENTRY = 20_000
_MOST_JOINED = 50  # pieces that an entry of BibTeX joins by "#"

_BIBTEX_TYPES = {
    "article": "article-journal", "book": "book", "booklet": "book", "inbook": "chapter", "incollection": "chapter",
    "inproceedings": "paper-conference", "conference": "paper-conference", "phdthesis": "thesis", "mastersthesis": "thesis",
    "thesis": "thesis", "techreport": "report", "report": "report", "online": "webpage", "electronic": "webpage",
    "www": "webpage", "dataset": "dataset", "legislation": "legislation",
}  # fmt: skip
_BIBTEX_FIELDS = {
    "title": "title", "journal": "container-title", "journaltitle": "container-title", "booktitle": "container-title",
    "publisher": "publisher", "institution": "publisher", "school": "publisher", "organization": "publisher",
    "address": "publisher-place", "location": "publisher-place", "volume": "volume", "number": "issue", "issue": "issue",
    "pages": "page", "doi": "DOI", "url": "URL", "isbn": "ISBN", "issn": "ISSN",
}  # fmt: skip
_BIBTEX_READ = {*_BIBTEX_FIELDS, "year", "date", "subtitle", "month", "howpublished"}
_RIS_TYPES = {
    "JOUR": "article-journal", "MGZN": "article-journal", "BOOK": "book", "EBOOK": "book", "CHAP": "chapter",
    "ECHAP": "chapter", "RPRT": "report", "GOVDOC": "report", "CONF": "paper-conference", "CPAPER": "paper-conference",
    "THES": "thesis", "ELEC": "webpage", "WEB": "webpage", "BLOG": "webpage", "DATA": "dataset", "STAT": "legislation",
    "LEGAL": "legislation", "BILL": "legislation",
}  # fmt: skip
_RIS_FIELDS = {
    "container-title": ("secondary_title", "journal_name", "alternate_title3", "alternate_title1"),
    "publisher": ("publisher",),
    "publisher-place": ("place_published",),
    "volume": ("volume",),
    "issue": ("number",),
    "DOI": ("doi",),
    "ISSN": ("issn",),
}
_RIS_SILENT = {
    "type_of_reference", "id", "title", "primary_title", "authors", "first_authors", "secondary_authors", "year",
    "publication_year", "start_page", "end_page", "urls", "url", "unknown_tag", "keywords", "abstract", "notes_abstract",
    "language", "date", "access_date", "notes", "file_attachments1", "file_attachments2", "database_provider", "name_of_database",
    *(name for names in _RIS_FIELDS.values() for name in names),
}  # fmt: skip


@dataclass(frozen=True)
class Understood:
    """One source: the line where it begins, the key that it gets, what was understood, and what was not."""

    line: int
    key: str
    csl: dict[str, Any]
    remarks: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Reading:
    """What a text held: the sources, and the lines that were not understood with the reason."""

    format: str
    entries: list[Understood]
    not_understood: list[tuple[int, str, str]]


def read_bibliography(text: str) -> Reading:
    """The sources in a pasted text, whatever its format.

    Raises:
        Refused: the text is empty, or too long.
    """
    text = text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")
    if not text.strip():
        raise Refused(_("Paste references first."))
    if len(text) > LONGEST:
        raise Refused(_("This text is too long. Paste it in parts of at most %(most)d characters.") % {"most": LONGEST})
    if _RIS_LINE.search(text):
        name, entries, missed = "RIS", *_read_ris(text)
    elif _BIBTEX_ENTRY.search(text):
        name, entries, missed = "BibTeX", *_read_bibtex(text)
    else:
        name, entries, missed = _("text"), *_read_lines(text)
    _refuse_too_many(len(entries))
    return Reading(name, _with_single_keys(entries), missed)


def _refuse_too_many(count: int) -> None:
    if count > MOST_ENTRIES:
        raise Refused(_("These are more than %(most)d references. Paste fewer at a time.") % {"most": MOST_ENTRIES})


def _with_single_keys(entries: list[Understood]) -> list[Understood]:
    taken: set[str] = set()
    found = []
    for entry in entries:
        key, number = entry.key, 2
        while key in taken:
            key, number = f"{entry.key[:36]}-{number}", number + 1
        taken.add(key)
        found.append(Understood(entry.line, key, entry.csl, entry.remarks))
    return found


def _parts(text: str, begin: re.Pattern[str]) -> list[tuple[int, str]]:
    """The text cut where `begin` begins, each piece with the number of its first line."""
    starts = [mark.start() + len(mark[0]) - len(mark[0].lstrip()) for mark in begin.finditer(text)]
    ends = [*starts[1:], len(text)]
    return [(text.count("\n", 0, start) + 1, text[start:end]) for start, end in zip(starts, ends, strict=True)]


def _before(text: str, begin: re.Pattern[str]) -> list[tuple[int, str, str]]:
    """Lines before the first entry: nothing that we know."""
    first = begin.search(text)
    lines = text[: first.start()].splitlines() if first else []
    return [(place, line[:120], _("This line belongs to no entry.")) for place, line in enumerate(lines, 1) if line.strip(" %")]


def is_web_address(value: str) -> bool:
    return re.fullmatch(r"https?://[^\s<>\"]{3,500}", value) is not None


# --- BibTeX ---


def _read_bibtex(text: str) -> tuple[list[Understood], list[tuple[int, str, str]]]:
    entries, missed = [], _before(text, _BIBTEX_ENTRY)
    abbreviations = dict(month_names)
    parts = [part for part in _parts(text, _BIBTEX_ENTRY) if not re.match(r"@\s*(comment|preamble)", part[1], re.IGNORECASE)]
    _refuse_too_many(sum(not _STRING.match(part) for _line, part in parts))
    for line, part in parts:
        try:
            found = _parsed_bibtex(part, abbreviations)
        except (PybtexError, ValueError, IndexError, RecursionError) as error:
            missed.append((line, part.splitlines()[0][:120], str(error)[:200]))
            continue
        entries += [_from_bibtex(line, key, entry) for key, entry in found.items()]
    return entries, missed


def _parsed_bibtex(part: str, abbreviations: dict[str, str]) -> dict[str, Entry]:
    """The entry of a part; of an `@string` none, but the abbreviations know it from now on.

    Each is read once and bounded: abbreviations made of abbreviations grow fourfold with every line.
    """
    if len(part) > _LONGEST_ENTRY or part.count("#") > _MOST_JOINED:
        raise ValueError(_("This entry is too long."))
    with capture() as errors:
        parser = Parser(macros=abbreviations)
        found = dict(parser.parse_string(part).entries)
    if errors:
        raise ValueError(str(errors[0]))
    if not _STRING.match(part):
        if not found:
            raise ValueError(_("Nothing was found in it."))
        return found
    abbreviations.update({name: value[:_LONGEST_WORDS] for name, value in parser.macros.items()})
    return {}


def _from_bibtex(line: int, key: str, entry: Entry) -> Understood:
    words = {name.lower(): _plain(value) for name, value in entry.fields.items()}
    csl: dict[str, Any] = {"type": _BIBTEX_TYPES.get(entry.type.lower(), "document")}
    for role in ("author", "editor"):
        people = [_bibtex_name(person) for person in entry.persons.get(role, [])]
        if people:
            csl[role] = people
    for source, target in _BIBTEX_FIELDS.items():
        if words.get(source):
            csl.setdefault(target, words[source])
    if csl["type"] == "report" and "issue" in csl:
        csl["number"] = csl.pop("issue")
    if words.get("subtitle"):
        csl["title"] = f"{csl.get('title', '')}: {words['subtitle']}"
    remarks = _unused(set(words) - _BIBTEX_READ)
    return _understood(line, key, csl, words.get("year") or words.get("date", ""), remarks)


def _plain(latex: str) -> str:
    """Words out of LaTeX: accents, dashes, without braces and commands."""
    try:
        return " ".join(str(Text.from_latex(latex)).split()).replace("~", " ")
    except (PybtexError, ValueError, RecursionError):
        return " ".join(latex.replace("{", "").replace("}", "").split())


def _bibtex_name(person: Person) -> dict[str, str]:
    family = _plain(" ".join([*person.prelast_names, *person.last_names, *person.lineage_names]))
    given = _plain(" ".join([*person.first_names, *person.middle_names]))
    return {"family": family, "given": given} if given else {"literal": family}


# --- RIS ---


def _read_ris(text: str) -> tuple[list[Understood], list[tuple[int, str, str]]]:
    entries, missed = [], _before(text, _RIS_LINE)
    for line, part in _parts(text, _RIS_LINE):
        whole = part if re.search(r"^ER\s{1,2}-", part, re.MULTILINE) else f"{part.rstrip()}\nER  - \n"
        try:
            found = rispy.loads(whole)
        except (rispy.parser.ParseError, OSError, ValueError, IndexError, KeyError) as error:
            missed.append((line, part.splitlines()[0][:120], str(error)[:200]))
            continue
        entries += [_from_ris(line, entry) for entry in found]
    return entries, missed


def _from_ris(line: int, entry: dict[str, Any]) -> Understood:
    csl: dict[str, Any] = {"type": _RIS_TYPES.get(entry.get("type_of_reference", ""), "document")}
    authors = entry.get("authors") or entry.get("first_authors") or []
    for role, people in (("author", authors), ("editor", entry.get("secondary_authors") or [])):
        if people:
            csl[role] = [name_from_line(name) for name in people]
    title = entry.get("title") or entry.get("primary_title")
    if title:
        csl["title"] = title
    for target, names in _RIS_FIELDS.items():
        value = next((entry[name] for name in names if entry.get(name)), "")
        if value:
            csl[target] = value
    if csl["type"] == "report" and "issue" in csl:
        csl["number"] = csl.pop("issue")
    pages = [entry[name] for name in ("start_page", "end_page") if entry.get(name)]
    if pages:
        csl["page"] = "–".join(pages)
    address = entry.get("url") or next(iter(entry.get("urls") or []), "")
    if address:
        csl["URL"] = address
    unknown = {*(set(entry) - _RIS_SILENT), *entry.get("unknown_tag", {})}
    year = entry.get("year") or entry.get("publication_year") or entry.get("date", "")
    return _understood(line, str(entry.get("id", "")), csl, year, _unused(unknown))


# --- Lines of text ---


def _read_lines(text: str) -> tuple[list[Understood], list[tuple[int, str, str]]]:
    entries, missed = [], []
    for place, line in enumerate(text.splitlines(), 1):
        words = " ".join(line.split())
        if not words:
            continue
        mark = _DOI.search(words)
        if not mark:
            missed.append((place, words[:120], _("No DOI in this line. Type the source in the form instead.")))
            continue
        doi = mark[1].rstrip(".,;)]")
        rest = re.sub(r"(https?://(dx\.)?doi\.org/|doi:\s*)?" + re.escape(doi), "", words, flags=re.IGNORECASE).strip(" .,;[]")
        csl = {"type": "document", "title": rest or f"DOI {doi}", "DOI": doi}
        remark = _("Kept as it stands: nothing is looked up. Fill in authors and title in the form.")
        entries.append(_understood(place, "", csl, "", [remark]))
    return entries, missed


# --- Common to all ---


def _unused(names: set[str]) -> list[str]:
    return [_("Left out: %(fields)s.") % {"fields": ", ".join(sorted(names))}] if names else []


def _understood(line: int, key: str, csl: dict[str, Any], year: str, remarks: list[str]) -> Understood:
    for name, value in csl.items():
        if isinstance(value, str):
            csl[name] = value[:_LONGEST_WORDS]
    if "page" in csl:
        csl["page"] = re.sub(r"\s*-{1,3}\s*", "–", csl["page"])
    if "DOI" in csl:
        found = _DOI.search(csl["DOI"])
        if found:
            csl["DOI"] = found[1].rstrip(".,;)]")
        else:
            remarks.append(_("Left out, for it is no DOI: %(doi)s.") % {"doi": csl.pop("DOI")})
    if "URL" in csl and not is_web_address(csl["URL"]):
        remarks.append(_("Left out, for it is no web address: %(address)s.") % {"address": csl.pop("URL")})
    mark = _YEAR.search(year)
    if mark:
        csl["issued"] = {"date-parts": [[int(mark[1])]]}
    if not csl.get("title"):
        remarks.append(_("It has no title."))
        csl["title"] = csl.get("container-title") or _("Untitled")
    return Understood(line, key_of(key) or suggested_key(csl), csl, remarks)


def key_of(words: str) -> str:
    """The words as a key: small Latin letters, digits and hyphens, 40 at most; empty where nothing is left."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-")


def suggested_key(csl: dict[str, Any]) -> str:
    """A key out of the first author, or the title, and the year."""
    first: dict[str, str] = next(iter(csl.get("author", [])), {})
    name = first.get("family") or first.get("literal") or " ".join(csl.get("title", "").split()[:3])
    year = csl.get("issued", {}).get("date-parts", [[""]])[0][0]
    return key_of(f"{name[:30]}-{year}") or "source"


def name_from_line(line: str) -> dict[str, str]:
    """“Family, Given” as a person; a line without a comma as the name of a body."""
    family, given = ([part.strip() for part in re.split("[,،，]", line, maxsplit=1)] + [""])[:2]
    return {"family": family, "given": given} if given else {"literal": line.strip(" ,،，")}


def line_from_name(name: dict[str, str]) -> str:
    return name.get("literal") or ", ".join(part for part in (name.get("family", ""), name.get("given", "")) if part)
