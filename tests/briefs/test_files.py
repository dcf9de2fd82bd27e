"""Files at their addresses: never stale, never half, the same for everybody."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from briefs.enums import BriefState
from briefs.models import Brief, Edition
from briefs.services import publish_brief, render_edition
from directory.models import Job, StoredFile
from directory.public_pages import LARGEST
from directory.services.files import store_file
from tests.conftest import Cast
from tests.factories.briefs import brief_by, clear_all, in_state

pytestmark = pytest.mark.django_db
NAMES = {"pdf": "screen_pdf", "print": "print_pdf", "archive": "archive_pdf"}


def give_files(edition: Edition, mark: str) -> None:
    for field in NAMES.values():
        kept = store_file(content=f"%PDF-1.7 {mark} {field}".encode(), mime="application/pdf")
        Edition.objects.filter(pk=edition.pk).update(**{field: kept})


@pytest.fixture
def brief(cast: Cast) -> Brief:
    brief = brief_by(slug="solar-pumps", state=BriefState.PUBLISHED)
    give_files(brief.current_edition, "one")
    return brief


def body(response: Any) -> bytes:
    return response.getvalue()


@pytest.mark.parametrize("name", NAMES)
def test_file_of_the_edition_in_force(brief: Brief, client: Client, name: str) -> None:
    response = client.get(f"/briefs/solar-pumps/{name}/")
    assert body(response) == f"%PDF-1.7 one {NAMES[name]}".encode()
    assert response["Content-Type"] == "application/pdf"
    ending = {"pdf": "", "print": "-print", "archive": "-archive"}[name]
    assert response["Content-Disposition"] == f'inline; filename="solar-pumps{ending}.pdf"'
    assert response["ETag"] == f'"{getattr(Edition.objects.select_related(NAMES[name]).get(), NAMES[name]).sha256}"'
    assert response["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert "Cookie" not in response.get("Vary", "")


def test_kept_copy_is_confirmed_without_sending_it_again(brief: Brief, client: Client) -> None:
    etag = client.get("/briefs/solar-pumps/pdf/")["ETag"]
    response = client.get("/briefs/solar-pumps/pdf/", headers={"if-none-match": etag})
    assert (response.status_code, response.content, response["ETag"]) == (304, b"", etag)


def test_new_edition_is_served_at_once_and_the_old_stays_at_its_own_address(brief: Brief, client: Client, cast: Cast) -> None:
    etag = client.get("/briefs/solar-pumps/pdf/")["ETag"]
    Brief.objects.filter(pk=brief.pk).update(title="Other")
    clear_all(brief)
    second = publish_brief(brief=in_state(brief, BriefState.CLEARED), by=cast.secretariat)
    assert client.get("/briefs/solar-pumps/pdf/", headers={"if-none-match": etag}).status_code == 503
    give_files(second, "two")
    response = client.get("/briefs/solar-pumps/pdf/", headers={"if-none-match": etag})
    assert body(response) == b"%PDF-1.7 two screen_pdf"
    assert response["Content-Disposition"] == 'inline; filename="solar-pumps-edition-2.pdf"'
    old = client.get("/briefs/solar-pumps/editions/1/pdf/")
    assert body(old) == b"%PDF-1.7 one screen_pdf"
    assert old["Cache-Control"] == "public, max-age=0, must-revalidate"


def test_file_on_its_way_is_a_page_with_a_time_to_come_back(client: Client, cast: Cast) -> None:
    brief = brief_by(state=BriefState.PUBLISHED)
    for address in (f"/briefs/{brief.slug}/pdf/", f"/briefs/{brief.slug}/editions/1/print/"):
        response = client.get(address)
        assert (response.status_code, response["Retry-After"], response["Cache-Control"]) == (503, "15", "no-store")
        assert response["Content-Type"].startswith("text/html")
        assert "The PDF is being made" in response.content.decode()


def test_file_that_could_not_be_made_says_so(client: Client, cast: Cast) -> None:
    brief = brief_by(state=BriefState.PUBLISHED)
    Job.objects.create(kind="briefs.render_edition", key=str(brief.current_edition_id), state="failed")
    assert "The PDF could not be made" in client.get(f"/briefs/{brief.slug}/pdf/").content.decode()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("who", [None, "focal_undp", "secretariat"])
def test_brief_without_edition_has_no_file_for_anybody(cast: Cast, sign_in: Any, name: str, who: str | None) -> None:
    brief = brief_by(state=BriefState.CLEARED)
    client = sign_in(getattr(cast, who) if who else None)
    assert client.get(f"/briefs/{brief.slug}/{name}/").status_code == 404
    assert client.get(f"/briefs/{brief.slug}/editions/1/{name}/").status_code == 404
    assert client.get(f"/briefs/nothing/{name}/").status_code == 404


def test_withdrawn_brief_keeps_its_file(brief: Brief, client: Client) -> None:
    in_state(brief, BriefState.WITHDRAWN)
    assert client.get("/briefs/solar-pumps/pdf/").status_code == 200


def test_files_have_no_language_prefix(brief: Brief, client: Client) -> None:
    assert client.get("/fr/briefs/solar-pumps/pdf/").status_code == 404


def test_head_sends_no_bytes(brief: Brief, client: Client) -> None:
    response = client.head("/briefs/solar-pumps/pdf/")
    assert response.status_code == 200
    assert response["Content-Length"] == str(len(b"%PDF-1.7 one screen_pdf"))


def asked_of_briefs(queries: CaptureQueriesContext) -> int:
    """How many queries were about more than the version of the public pages, which the mirror holds but in a transaction."""
    return len([query for query in queries.captured_queries if "directory_pageversion" not in query["sql"]])


def test_handing_out_a_file_asks_the_database_once(brief: Brief, client: Client) -> None:
    with CaptureQueriesContext(connection) as queries:
        client.get("/briefs/solar-pumps/pdf/")
    assert asked_of_briefs(queries) == 1


def test_file_that_was_given_once_is_given_again_without_asking_the_database(brief: Brief, client: Client) -> None:
    first = client.get("/briefs/solar-pumps/pdf/")
    with CaptureQueriesContext(connection) as queries:
        again = client.get("/briefs/solar-pumps/pdf/", headers={"accept-encoding": "gzip"})
        kept = client.get("/briefs/solar-pumps/pdf/", headers={"if-none-match": first["ETag"]})
    assert asked_of_briefs(queries) == 0
    assert body(again) == body(first)
    for name in ("ETag", "Content-Type", "Content-Length", "Content-Disposition", "Cache-Control", "X-Content-Type-Options"):
        assert again[name] == first[name], name
    assert (kept.status_code, kept.content, kept["ETag"]) == (304, b"", first["ETag"])


def test_large_file_is_sent_piece_by_piece_and_not_kept(cast: Cast, client: Client) -> None:
    brief = brief_by(slug="solar-pumps", state=BriefState.PUBLISHED)
    content = b"%PDF-1.7 " + b"x" * LARGEST
    kept = store_file(content=content, mime="application/pdf")
    Edition.objects.filter(pk=brief.current_edition_id).update(screen_pdf=kept)
    response = client.get("/briefs/solar-pumps/pdf/")
    assert (response.streaming, response["Content-Length"], body(response)) == (True, str(len(content)), content)


def test_same_content_is_kept_once(cast: Cast) -> None:
    """Two editions with the same bytes share one stored file."""
    one, two = (brief_by(state=BriefState.PUBLISHED).current_edition for _ in range(2))
    give_files(one, "same")
    give_files(two, "same")
    assert StoredFile.objects.count() == 3


@pytest.mark.slow
def test_published_brief_gets_real_pdfs(client: Client, cast: Cast) -> None:
    brief = brief_by(state=BriefState.CLEARED)
    edition = publish_brief(brief=brief, by=cast.secretariat)
    render_edition(edition=edition, report=lambda done, total: None)
    for name in NAMES:
        assert body(client.get(f"/briefs/{brief.slug}/{name}/")).startswith(b"%PDF-")
