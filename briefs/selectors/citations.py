"""How an edition is cited by programs: BibTeX, RIS, CSL-JSON, and the metadata in the head of its page."""

import json
import re
import unicodedata
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from briefs.selectors.content import citation_of, public_path

CITATION_FORMATS = {
    "text": ("txt", "text/plain; charset=utf-8"),
    "bibtex": ("bib", "application/x-bibtex; charset=utf-8"),
    "ris": ("ris", "application/x-research-info-systems; charset=utf-8"),
    "csl": ("json", "application/vnd.citationstyles.csl+json"),
}
# What TeX reads as an order. A backslash is replaced first, in one pass, so that no replacement is replaced again.
_LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
_LATEX_SIGNS = re.compile("|".join(re.escape(sign) for sign in _LATEX))
_JSON_IN_HTML = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}
_BCP47 = {"zh-hans": "zh-Hans"}


def language_tag(code: str) -> str:
    """The language as standards write it: `zh-Hans`."""
    return _BCP47.get(code, code)


def one_line(text: str) -> str:
    """`text` in one line, without the control characters that end a field in RIS, BibTeX or XML."""
    kept = (" " if unicodedata.category(sign) in {"Cc", "Zl", "Zp", "Cs"} else sign for sign in text)
    return " ".join("".join(kept).split())


def latex(text: str) -> str:
    """`text` for a field of BibTeX: what TeX reads as an order stands as the sign itself."""
    return _LATEX_SIGNS.sub(lambda sign: _LATEX[sign[0]], one_line(text))


class Source:
    """What every form of citation says of an edition, read from its frozen content once."""

    def __init__(self, content: dict[str, Any], *, slug: str, edition: int, in_force: bool = True) -> None:
        self.content = content
        self.slug = slug
        self.edition = edition
        self.at = datetime.fromisoformat(content["published_at"]).astimezone(UTC)
        notices = [*content.get("corrigenda", []), *filter(None, [content.get("withdrawal")])]
        self.changed_at = max([self.at, *(datetime.fromisoformat(one["at"]).astimezone(UTC) for one in notices)])
        self.title = one_line(content["title"])
        self.summary = one_line(content["summary"])
        self.series = one_line(content["series"]["title"])
        self.issn = one_line(content["series"].get("issn", ""))
        self.number = content["number"]
        self.language = language_tag(content["language"])
        self.corrections = corrections_in_words(content)
        self.authors = [one_line(agency["name"]) for agency in content["agencies"]]
        self.in_force = in_force
        self.url = settings.PUBLIC_URL + (public_path(slug) if in_force else edition_path(slug, edition))
        pdf = reverse("briefs_files:edition_file", args=[slug, edition, "pdf"])
        self.pdf = settings.PUBLIC_URL + pdf

    @property
    def key(self) -> str:
        """The key of an entry: unlike for any two editions."""
        return f"{self.slug}-{self.at.year}" + (f"-{self.edition}" if self.edition > 1 else "")

    def in_words(self) -> str:
        text = citation_of(self.content, slug=self.slug, year=self.at.year, edition=self.edition)
        return text if self.in_force else text.removesuffix(settings.PUBLIC_URL + public_path(self.slug)) + self.url


def corrections_in_words(content: dict[str, Any]) -> list[str]:
    """What is printed at the head of a content, in its language: when it was corrected, and how."""
    with translation.override(content["language"]):
        return [
            _("Correction of %(date)s: %(text)s")
            % {"date": date_format(datetime.fromisoformat(one["at"]), "DATE_FORMAT"), "text": one_line(one["text"])}
            for one in content.get("corrigenda", [])
        ]


def edition_path(slug: str, number: int) -> str:
    """The English address of an edition, without a language prefix."""
    with translation.override("en"):
        return reverse("briefs:edition", args=[slug, number])


def bibtex(source: Source) -> str:
    """A `@techreport` for BibTeX and biber. Agencies stand in braces of their own: they are no persons' names."""
    fields = {
        "title": f"{{{latex(source.title)}}}",
        "author": " and ".join(f"{{{latex(name)}}}" for name in source.authors),
        "year": str(source.at.year),
        "month": str(source.at.month),
        "institution": latex(source.series),
        "type": latex(source.series),
        "number": str(source.number),
        "edition": str(source.edition) if source.edition > 1 else "",
        "issn": latex(source.issn),
        "language": source.language,
        "abstract": latex(source.summary),
        # Readers of BibTeX take an address as it stands.
        "url": source.url,
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@techreport{{{source.key},", *lines, "}", ""])


def ris(source: Source) -> str:
    """An entry of RIS: two letters, two spaces, a hyphen, a space; lines end with CR LF."""
    lines = [
        ("TY", "RPRT"),
        *(("AU", name) for name in source.authors),
        ("TI", source.title),
        ("T3", source.series),
        ("M1", str(source.number)),
        ("ET", str(source.edition) if source.edition > 1 else ""),
        ("PY", str(source.at.year)),
        ("DA", source.at.strftime("%Y/%m/%d/")),
        ("LA", source.language),
        ("SN", source.issn),
        ("AB", source.summary),
        *(("KW", one_line(theme)) for theme in source.content["themes"]),
        ("UR", source.url),
        ("L1", source.pdf),
    ]
    return "".join(f"{tag}  - {value}\r\n" for tag, value in lines if value) + "ER  - \r\n"


def csl(source: Source) -> dict[str, Any]:
    """An item of CSL-JSON, as Zotero and citeproc read it."""
    item = {
        "id": source.key,
        "type": "report",
        "title": source.title,
        "author": [{"literal": name} for name in source.authors],
        "issued": {"date-parts": [[source.at.year, source.at.month, source.at.day]]},
        "collection-title": source.series,
        "collection-number": str(source.number),
        "edition": str(source.edition) if source.edition > 1 else "",
        "ISSN": source.issn,
        "language": source.language,
        "abstract": source.summary,
        "URL": source.url,
    }
    return {name: value for name, value in item.items() if value}


def citation_file(source: Source, form: str) -> str:
    """The citation in one of `CITATION_FORMATS`."""
    if form == "bibtex":
        return bibtex(source)
    if form == "ris":
        return ris(source)
    if form == "csl":
        return json.dumps([csl(source)], ensure_ascii=False, indent=2) + "\n"
    return source.in_words() + "\n"


def json_ld(source: Source) -> SafeString:
    """The edition in the words of schema.org, as it may stand inside a `<script>`."""
    thing: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": ["Report", "ScholarlyArticle"],
        "@id": source.url,
        "url": source.url,
        "name": source.title,
        "headline": source.title[:110],
        "abstract": source.summary,
        "inLanguage": source.language,
        "datePublished": source.at.date().isoformat(),
        "dateModified": source.changed_at.date().isoformat(),
        "version": str(source.edition),
        "reportNumber": str(source.number),
        "author": [{"@type": "Organization", "name": name} for name in source.authors],
        "publisher": {"@type": "Organization", "name": _("South-South Cooperation Portal"), "url": settings.PUBLIC_URL + "/"},
        "isPartOf": {"@type": "CreativeWorkSeries", "name": source.series, **({"issn": source.issn} if source.issn else {})},
        "about": [one_line(theme) for theme in source.content["themes"]],
        "encoding": {"@type": "MediaObject", "contentUrl": source.pdf, "encodingFormat": "application/pdf"},
        "correction": source.corrections,
        "citation": [one_line(row["text"]) for row in source.content.get("references", [])],
        "isAccessibleForFree": True,
    }
    text = json.dumps({name: value for name, value in thing.items() if value or value is True}, ensure_ascii=False)
    return mark_safe(text.translate(_JSON_IN_HTML))  # noqa: S308 - no sign that HTML reads is left


def meta_tags(source: Source) -> list[dict[str, str]]:
    """The `<meta>` of an edition's page: for library programs (`citation_*`), Dublin Core, and links in messages (Open Graph)."""
    day = source.at.date()
    named = [
        ("citation_title", source.title),
        *(("citation_author", name) for name in source.authors),
        ("citation_publication_date", day.strftime("%Y/%m/%d")),
        ("citation_technical_report_institution", source.series),
        ("citation_technical_report_number", str(source.number)),
        ("citation_issn", source.issn),
        ("citation_language", source.language),
        ("citation_abstract_html_url", source.url),
        ("citation_pdf_url", source.pdf),
        ("DC.title", source.title),
        *(("DC.creator", name) for name in source.authors),
        *(("DC.subject", one_line(theme)) for theme in source.content["themes"]),
        ("DC.description", source.summary),
        ("DC.date", day.isoformat()),
        ("DC.type", "Text"),
        ("DC.format", "text/html"),
        ("DC.language", source.language),
        ("DC.identifier", source.url),
        ("DC.source", f"{source.series}, {source.number}"),
    ]
    properties = [
        ("og:type", "article"),
        ("og:title", source.title),
        ("og:description", source.summary),
        ("og:url", source.url),
        ("og:site_name", _("South-South Cooperation Portal")),
        ("og:locale", source.language.replace("-", "_")),
        ("article:published_time", source.at.isoformat()),
        ("article:section", source.series),
    ]
    return [{"attribute": "name", "name": name, "value": value} for name, value in named if value] + [
        {"attribute": "property", "name": name, "value": value} for name, value in properties if value
    ]
