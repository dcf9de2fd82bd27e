"""Citations for programs and metadata in the page: each form is read back and says what was published."""

import html
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from briefs.enums import BriefState
from briefs.models import Brief
from briefs.selectors.citations import latex
from briefs.services import publish_brief
from tests.conftest import Cast
from tests.factories.briefs import brief_by, clear_all, in_state

pytestmark = pytest.mark.django_db
AWKWARD = r"100% of {R&D} in $_~^\ #1 </script> “été” – 南南"
LATEX = r"100\% of \{R\&D\} in \$\_\textasciitilde{}\textasciicircum{}\textbackslash{} \#1 </script> “été” – 南南"


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """A request of a test before leaves its language behind: names of agencies would be written in that one."""
    with translation.override("en"):
        yield


@pytest.fixture
def brief(cast: Cast) -> Brief:
    """A brief whose title and summary hold every sign that one of the formats reads as an order."""
    return brief_by(slug="awkward", number=4, title=AWKWARD, summary=f"Line one\r\nER  - \n{AWKWARD}", state=BriefState.PUBLISHED)


def bibtex_fields(text: str) -> dict[str, str]:
    """The fields of the one entry of a BibTeX file, by counting braces that are not escaped."""
    head = re.match(r"@techreport\{([^,\s]+),\n", text)
    assert head
    fields, place = {"key": head[1]}, head.end()
    while start := re.compile(r"\s*([a-z]+) = \{").match(text, place):
        place, depth = start.end(), 1
        begin = place
        while depth:
            if text[place] == "\\":
                place += 1
            else:
                depth += {"{": 1, "}": -1}.get(text[place], 0)
            place += 1
        fields[start[1]] = text[begin : place - 1]
        assert text[place] == ","
        place += 1
    assert text[place:].strip() == "}"
    return fields


def ris_fields(text: str) -> list[tuple[str, str]]:
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    lines = text.split("\r\n")[:-1]
    assert all(re.fullmatch(r"[A-Z][A-Z0-9]  - .*", line) for line in lines)
    return [(line[:2], line[6:]) for line in lines]


def get(client: Client, form: str, slug: str = "awkward") -> Any:
    return client.get(f"/briefs/{slug}/cite/{form}/")


def test_bibtex_is_read_back(client: Client, brief: Brief) -> None:
    response = get(client, "bibtex")
    assert response["Content-Type"] == "application/x-bibtex; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="awkward-2018.bib"'
    fields = bibtex_fields(response.content.decode())
    assert fields["key"] == "awkward-2018"
    assert fields["title"] == f"{{{LATEX}}}"
    assert fields["author"] == "{Organization undp} and {Organization fao}"
    assert (fields["number"], fields["year"], fields["language"]) == ("4", "2018", "en")
    assert fields["abstract"] == f"Line one ER - {LATEX}"
    assert fields["url"].endswith("/briefs/awkward/")


def test_latex_escapes_each_sign_once() -> None:
    assert latex(r"\{~}") == r"\textbackslash{}\{\textasciitilde{}\}"


def test_ris_is_read_back_and_no_text_ends_an_entry(client: Client, brief: Brief) -> None:
    response = get(client, "ris")
    fields = ris_fields(response.content.decode())
    assert (fields[0], fields[-1]) == (("TY", "RPRT"), ("ER", ""))
    assert [value for tag, value in fields if tag == "AU"] == ["Organization undp", "Organization fao"]
    values = dict(fields)
    assert (values["TI"], values["M1"], values["DA"]) == (AWKWARD, "4", "2018/02/01/")
    assert [tag for tag, _value in fields].count("ER") == 1


def test_csl_json_is_read_back(client: Client, brief: Brief) -> None:
    (item,) = json.loads(get(client, "csl").content)
    assert (item["type"], item["title"], item["collection-number"]) == ("report", AWKWARD, "4")
    assert item["author"] == [{"literal": "Organization undp"}, {"literal": "Organization fao"}]
    assert item["issued"] == {"date-parts": [[2018, 2, 1]]}


def test_text_is_the_sentence_of_the_page(client: Client, brief: Brief) -> None:
    text = get(client, "text").content.decode().strip()
    assert text.startswith("UNDP and FAO (2018). 100%")
    assert text in html.unescape(client.get("/briefs/awkward/").content.decode())


def test_citation_of_a_given_edition_leads_to_it(client: Client, cast: Cast, brief: Brief) -> None:
    Brief.objects.filter(pk=brief.pk).update(title="New title")
    clear_all(brief)
    publish_brief(brief=in_state(brief, BriefState.CLEARED), by=cast.secretariat)
    (old,) = json.loads(client.get("/briefs/awkward/editions/1/cite/csl/").content)
    (new,) = json.loads(client.get("/briefs/awkward/editions/2/cite/csl/").content)
    assert old["title"] == AWKWARD
    assert old["URL"].endswith("/briefs/awkward/editions/1/")
    assert (new["title"], new["edition"]) == ("New title", "2")
    assert new["URL"].endswith("/briefs/awkward/")
    assert old["id"] != new["id"]
    assert client.get("/briefs/awkward/editions/1/cite/text/").content.decode().strip().endswith("/briefs/awkward/editions/1/")


@pytest.mark.parametrize("who", [None, "focal_undp", "secretariat"])
@pytest.mark.parametrize("form", ["text", "bibtex", "ris", "csl"])
def test_unpublished_brief_has_no_citation_for_anybody(cast: Cast, sign_in: Any, form: str, who: str | None) -> None:
    brief_by(slug="draft", state=BriefState.CLEARED)
    assert get(sign_in(getattr(cast, who) if who else None), form, "draft").status_code == 404


def test_other_forms_and_methods_are_refused(client: Client, brief: Brief) -> None:
    assert get(client, "word").status_code == 404
    assert client.get("/briefs/awkward/editions/2/cite/ris/").status_code == 404
    assert client.post("/briefs/awkward/cite/ris/").status_code == 405
    assert client.get("/fr/briefs/awkward/cite/ris/").status_code == 404


class Head(HTMLParser):
    """Reads the metadata of a page as a browser does."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.meta: list[tuple[str, str]] = []
        self.links: list[dict[str, str | None]] = []
        self.data = ""
        self._within = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        row = dict(attrs)
        if tag == "meta":
            self.meta.append((row.get("name") or row.get("property") or "", row.get("content") or ""))
        if tag == "link":
            self.links.append(row)
        self._within = tag == "script" and row.get("type") == "application/ld+json"

    def handle_data(self, data: str) -> None:
        if self._within:
            self.data += data

    def handle_endtag(self, tag: str) -> None:
        self._within = False


@pytest.mark.parametrize("address", ["/briefs/awkward/", "/ar/briefs/awkward/", "/briefs/awkward/editions/1/"])
def test_page_tells_programs_what_it_is(client: Client, brief: Brief, address: str) -> None:
    head = Head(client.get(address).content.decode())
    meta = dict(head.meta)
    for name in ("citation_title", "DC.title", "og:title"):
        assert meta[name] == AWKWARD
    assert [value for name, value in head.meta if name == "citation_author"] == ["Organization undp", "Organization fao"]
    assert meta["citation_publication_date"] == "2018/02/01"
    assert meta["citation_pdf_url"].endswith("/briefs/awkward/editions/1/pdf/")
    thing = json.loads(head.data)
    assert thing["@type"] == ["Report", "ScholarlyArticle"]
    assert (thing["name"], thing["datePublished"], thing["inLanguage"]) == (AWKWARD, "2018-02-01", "en")
    assert {row["type"] for row in head.links if row.get("rel") == "alternate" and row.get("type")} == {
        "application/atom+xml",
        "application/rss+xml",
    }


def test_workplace_has_no_metadata(cast: Cast, sign_in: Any) -> None:
    brief_by(slug="draft")
    page = sign_in(cast.focal_undp).get("/briefs/draft/").content.decode()
    assert "citation_title" not in page
    assert "ld+json" not in page
