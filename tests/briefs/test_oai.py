"""OAI-PMH: every answer has the structure that the protocol asks for, checked here by hand, whatever was asked."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from lxml import etree

from briefs.enums import BriefState
from briefs.models import Brief
from briefs.services import withdraw_brief
from tests.conftest import Cast
from tests.factories.briefs import SeriesFactory, brief_by, in_state, publish_without_verbs

pytestmark = pytest.mark.django_db
OAI = "{http://www.openarchives.org/OAI/2.0/}"
OAI_DC = "{http://www.openarchives.org/OAI/2.0/oai_dc/}"
DC = "{http://purl.org/dc/elements/1.1/}"
STAMP = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"
ERRORS = {
    "badVerb", "badArgument", "idDoesNotExist", "noRecordsMatch", "cannotDisseminateFormat", "badResumptionToken",
}  # fmt: skip
CHILDREN = {
    "Identify": [
        "repositoryName", "baseURL", "protocolVersion", "adminEmail", "earliestDatestamp", "deletedRecord", "granularity",
    ],
    "ListMetadataFormats": ["metadataFormat"],
    "ListSets": ["set"],
    "GetRecord": ["record"],
    "ListIdentifiers": ["header", "resumptionToken"],
    "ListRecords": ["record", "resumptionToken"],
}  # fmt: skip


def names(element: Any) -> list[str]:
    return [etree.QName(child).localname for child in element]


def checked(content: bytes) -> Any:
    """The root of an answer whose structure is that of the protocol's schema."""
    root = etree.fromstring(content)
    assert root.tag == f"{OAI}OAI-PMH"
    assert names(root)[:2] == ["responseDate", "request"]
    assert re_match(STAMP, root[0].text)
    assert len(root) == 3
    if names(root)[2] == "error":
        assert root[2].get("code") in ERRORS
        assert root[2].text
        if root[2].get("code") in {"badVerb", "badArgument"}:
            assert not root[1].attrib
        return root
    verb = root[1].get("verb")
    assert names(root)[2] == verb
    assert set(names(root[2])) <= set(CHILDREN[verb])
    if verb == "Identify":
        assert names(root[2]) == CHILDREN[verb]
    for header in root.iter(f"{OAI}header"):
        assert names(header)[:2] == ["identifier", "datestamp"]
        assert set(names(header)[2:]) == {"setSpec"}
        assert re_match(STAMP, header[1].text)
    for record in root.iter(f"{OAI}record"):
        deleted = record[0].get("status") == "deleted"
        assert names(record) == (["header"] if deleted else ["header", "metadata"])
        if not deleted:
            (core,) = record[1]
            assert core.tag == f"{OAI_DC}dc"
            assert all(child.tag.startswith(DC) and child.text for child in core)
            assert core.get("{http://www.w3.org/2001/XMLSchema-instance}schemaLocation").startswith(OAI_DC[1:-1])
    return root


def re_match(pattern: str, text: str) -> bool:
    import re

    return bool(re.match(pattern, text))


def ask(client: Client, query: str) -> Any:
    response = client.get(f"/oai/?{query}")
    assert response.status_code == 200
    assert response["Content-Type"] == "text/xml; charset=utf-8"
    return checked(response.content)


def error(client: Client, query: str) -> str:
    found = ask(client, query).find(f"{OAI}error")
    return found.get("code") if found is not None else ""


def identifiers(root: Any) -> list[str]:
    return [header.findtext(f"{OAI}identifier").rpartition("/")[2] for header in root.iter(f"{OAI}header")]


def published(at: datetime, **fields: Any) -> Brief:
    brief = brief_by(**fields)
    edition = publish_without_verbs(brief, at=at)
    Brief.objects.filter(pk=brief.pk).update(state=BriefState.PUBLISHED, current_edition=edition)
    return Brief.objects.get(pk=brief.pk)


@pytest.fixture
def shelf(cast: Cast) -> list[Brief]:
    """Three briefs of three days, and a draft."""
    notes = SeriesFactory(slug="notes", title="Notes")
    shelf = [
        published(datetime(2019, 1, 1, 10, tzinfo=UTC), title="One & <only>\x0b"),
        published(datetime(2019, 1, 2, 23, 59, 59, 900000, tzinfo=UTC), language="fr"),
        published(datetime(2019, 1, 3, 10, tzinfo=UTC), series=notes),
    ]
    brief_by(title="Draft", state=BriefState.CLEARED)
    return shelf


def test_identify_says_what_the_archive_promises(client: Client, shelf: list[Brief]) -> None:
    answer = ask(client, "verb=Identify")[2]
    values = {etree.QName(child).localname: child.text for child in answer}
    assert values["protocolVersion"] == "2.0"
    assert values["deletedRecord"] == "persistent"
    assert values["granularity"] == "YYYY-MM-DDThh:mm:ssZ"
    assert values["earliestDatestamp"] == "2019-01-01T10:00:00Z"
    assert values["baseURL"].endswith("/oai/")
    assert "@" in values["adminEmail"]


def test_archive_without_records_answers_too(client: Client, cast: Cast) -> None:
    assert ask(client, "verb=Identify") is not None
    assert error(client, "verb=ListRecords&metadataPrefix=oai_dc") == "noRecordsMatch"


def test_formats_and_sets(client: Client, shelf: list[Brief]) -> None:
    assert ask(client, "verb=ListMetadataFormats").findtext(f".//{OAI}metadataPrefix") == "oai_dc"
    specs = [row.text for row in ask(client, "verb=ListSets").iter(f"{OAI}setSpec")]
    assert {"series", "series:notes", "series:policy-briefs", "language", "language:fr", "language:zh-hans"} <= set(specs)


def test_record_holds_what_was_published(client: Client, shelf: list[Brief]) -> None:
    identifier = ask(client, "verb=ListIdentifiers&metadataPrefix=oai_dc").findtext(f".//{OAI}identifier")
    root = ask(client, f"verb=GetRecord&metadataPrefix=oai_dc&identifier={identifier}")
    assert root[1].get("identifier") == identifier
    assert root.findtext(f".//{DC}title") == "One & <only>"
    assert [row.text for row in root.iter(f"{DC}creator")] == ["Organization undp", "Organization fao"]
    assert root.findtext(f".//{DC}language") == "en"
    assert ask(client, f"verb=ListMetadataFormats&identifier={identifier}") is not None


def test_nothing_unpublished_is_harvested(client: Client, shelf: list[Brief]) -> None:
    draft = Brief.objects.get(title="Draft")
    root = ask(client, "verb=ListRecords&metadataPrefix=oai_dc")
    assert identifiers(root) == [str(brief.pk) for brief in shelf]
    head = root.findtext(f".//{OAI}identifier").rpartition("/")[0]
    assert error(client, f"verb=GetRecord&metadataPrefix=oai_dc&identifier={head}/{draft.pk}") == "idDoesNotExist"


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("from=2019-01-02", [1, 2]),
        ("until=2019-01-02", [0, 1]),
        ("from=2019-01-02&until=2019-01-02", [1]),
        ("from=2019-01-01T10:00:00Z&until=2019-01-02T23:59:58Z", [0]),
        ("until=2019-01-02T23:59:59Z", [0, 1]),
        ("from=2019-01-01T10:00:01Z", [1, 2]),
        ("set=series:notes", [2]),
        ("set=language:fr", [1]),
        ("set=language:en", [0, 2]),
        ("set=series", [0, 1, 2]),
        ("set=language&from=0001-01-01&until=9999-12-31", [0, 1, 2]),
    ],
)
def test_selective_harvesting(client: Client, shelf: list[Brief], query: str, places: list[int]) -> None:
    root = ask(client, f"verb=ListIdentifiers&metadataPrefix=oai_dc&{query}")
    assert identifiers(root) == [str(shelf[place].pk) for place in places]


def test_withdrawn_brief_is_a_deleted_record_of_the_moment_it_was_withdrawn(
    client: Client, cast: Cast, shelf: list[Brief]
) -> None:
    withdraw_brief(brief=shelf[0], by=cast.secretariat, reason="Wrong figures.")
    root = ask(client, "verb=ListRecords&metadataPrefix=oai_dc")
    assert identifiers(root) == [str(shelf[place].pk) for place in (1, 2, 0)]
    *_, last = root.iter(f"{OAI}header")
    assert last.get("status") == "deleted"
    assert last.findtext(f"{OAI}datestamp") > "2019-01-03"
    identifier = last.findtext(f"{OAI}identifier")
    record = ask(client, f"verb=GetRecord&metadataPrefix=oai_dc&identifier={identifier}")
    assert record.find(f".//{OAI}metadata") is None


def test_brief_being_revised_stays_as_it_was_published(client: Client, shelf: list[Brief]) -> None:
    in_state(shelf[1], BriefState.DRAFTING)
    Brief.objects.filter(pk=shelf[1].pk).update(title="Secret next title")
    body = client.get("/oai/?verb=ListRecords&metadataPrefix=oai_dc").content.decode()
    assert "Secret" not in body
    assert len(identifiers(checked(body.encode()))) == 3


def test_list_is_resumed_without_gap_or_double(client: Client, shelf: list[Brief], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("briefs.oai.PAGE", 2)
    first = ask(client, "verb=ListRecords&metadataPrefix=oai_dc&from=2019-01-01")
    token = first.find(f".//{OAI}resumptionToken")
    assert (token.get("completeListSize"), token.get("cursor")) == ("3", "0")
    second = ask(client, f"verb=ListRecords&resumptionToken={quote(token.text)}")
    assert identifiers(first) + identifiers(second) == [str(brief.pk) for brief in shelf]
    last = second.find(f".//{OAI}resumptionToken")
    assert (last.text, last.get("completeListSize"), last.get("cursor")) == (None, "3", "2")
    assert error(client, f"verb=ListSets&resumptionToken={quote(token.text)}") == "badResumptionToken"
    assert error(client, f"verb=ListRecords&resumptionToken={quote(token.text)}x") == "badResumptionToken"
    assert error(client, f"verb=ListRecords&metadataPrefix=oai_dc&resumptionToken={quote(token.text)}") == "badArgument"


def test_questions_may_be_posted(client: Client, shelf: list[Brief]) -> None:
    response = Client(enforce_csrf_checks=True).post("/oai/", {"verb": "Identify"})
    assert (response.status_code, len(checked(response.content))) == (200, 3)
    assert client.put("/oai/").status_code == 405
    assert client.get("/fr/oai/?verb=Identify").status_code == 404


LIST = "verb=ListRecords&metadataPrefix=oai_dc"
GET = "verb=GetRecord&metadataPrefix=oai_dc"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "badVerb"),
        ("verb=", "badVerb"),
        ("verb=identify", "badVerb"),
        ("verb=Identify&verb=Identify", "badVerb"),
        ("verb=%00", "badVerb"),
        ("verb=Identify&from=2019-01-01", "badArgument"),
        ("verb=Identify&x=1", "badArgument"),
        ("verb=Identify&%00%ff=1", "badArgument"),
        ("verb=ListRecords", "badArgument"),
        ("verb=GetRecord&metadataPrefix=oai_dc", "badArgument"),
        (f"{LIST}&set=series&set=language", "badArgument"),
        (f"{LIST}&from=", "badArgument"),
        (f"{LIST}&from=2019", "badArgument"),
        (f"{LIST}&from=2019-13-01", "badArgument"),
        (f"{LIST}&from=2019-1-1", "badArgument"),
        (f"{LIST}&from=0000-01-01", "badArgument"),
        (f"{LIST}&from=%D9%A2%D9%A0%D9%A1%D9%A9-01-01", "badArgument"),
        (f"{LIST}&from=2019-01-01T00:00:00", "badArgument"),
        (f"{LIST}&from=2019-01-01%00", "badArgument"),
        (f"{LIST}&from=2019-01-02&until=2019-01-01", "badArgument"),
        (f"{LIST}&from=2019-01-01&until=2019-01-02T00:00:00Z", "badArgument"),
        (f"{LIST}&from=2030-01-01", "noRecordsMatch"),
        (f"{LIST}&set=nothing", "noRecordsMatch"),
        (f"{LIST}&set=%00", "badArgument"),
        (f"{LIST}&set={'x' * 600}", "badArgument"),
        ("verb=ListRecords&metadataPrefix=marc21", "cannotDisseminateFormat"),
        ("verb=ListRecords&metadataPrefix=%3Cb%3E", "cannotDisseminateFormat"),
        ("verb=ListRecords&resumptionToken=x", "badResumptionToken"),
        ("verb=ListRecords&resumptionToken=%22%3C%3A%3A", "badResumptionToken"),
        (f"{GET}&identifier=x", "idDoesNotExist"),
        (f"{GET}&identifier=oai:localhost:brief/999999", "idDoesNotExist"),
        (f"{GET}&identifier=oai:localhost:brief/99999999999999999999999", "idDoesNotExist"),
        (f"{GET}&identifier=%22%3E%3Cx%3E", "idDoesNotExist"),
        (f"{GET}&identifier=%EF%BF%BE", "badArgument"),
        (f"{GET}&identifier=%ED%A0%80", "idDoesNotExist"),
        ("verb=ListMetadataFormats&identifier=x", "idDoesNotExist"),
    ],
)
def test_every_other_question_gets_an_error_of_the_protocol(client: Client, shelf: list[Brief], query: str, code: str) -> None:
    assert error(client, query) == code


def test_more_fields_than_django_reads_is_an_error_of_the_protocol(client: Client, shelf: list[Brief]) -> None:
    assert error(client, "&".join(f"a{place}=1" for place in range(2000))) == "badArgument"


@pytest.mark.parametrize("many", [1, 6])
def test_harvest_asks_the_same_for_one_and_many(client: Client, cast: Cast, django_assert_num_queries: Any, many: int) -> None:
    for _place in range(many):
        brief_by(state=BriefState.PUBLISHED)
    with django_assert_num_queries(3):
        client.get(f"/oai/?{LIST}")
