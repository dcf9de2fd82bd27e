"""Readers under embargo: named, recorded, revocable, until the moment."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.utils import timezone

from briefs.enums import BriefState
from briefs.models import Brief, EmbargoOpening, PlannedPublication
from briefs.selectors.personal import data_of_person
from briefs.selectors.publishing import embargo_token
from briefs.services import name_reader, plan_publication, publish_due, render_plan, revoke_reader, take_back_plan
from briefs.services.retention import forget_embargo_readers
from common.access import Refused
from common.pdf import RenderFailed
from directory.services.files import store_file
from notifications.models import Notification
from notifications.services.delivery import render
from ssc_portal.person import erase
from tests.briefs.test_schedules import fake_pdf, overdue, told  # noqa: F401 - a fixture
from tests.conftest import Cast
from tests.factories.briefs import PictureFactory, brief_by, clear_all, in_state, picture_bytes, publish_without_verbs
from tests.factories.directory import GoalFactory, ThemeFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def stamp(monkeypatch: pytest.MonkeyPatch) -> None:
    """The files of these tests are no PDFs: the line that is laid over each page goes before them."""
    monkeypatch.setattr("briefs.documents.embargo.stamped", lambda pdf, text, **how: f"{text} ".encode() + pdf)


@pytest.fixture
def plan(cast: Cast, fake_pdf: list[str]) -> PlannedPublication:  # noqa: F811
    brief = brief_by(state=BriefState.CLEARED, slug="soon", title="Soon to be read")
    at = timezone.now() + timedelta(days=2)
    plan = plan_publication(brief=brief, by=cast.secretariat, at=at, time_zone="Europe/Istanbul", under_embargo=True)
    render_plan(plan=plan, report=lambda done, total: None)
    plan.refresh_from_db()
    return plan


@pytest.mark.parametrize("who", ["focal_undp", "drafter", "outsider", "administrator"])
def test_only_secretariat_staff_name_and_revoke(cast: Cast, plan: PlannedPublication, who: str) -> None:
    with pytest.raises(PermissionDenied):
        name_reader(plan=plan, by=getattr(cast, who), email="a@press.example", name="A")
    reader = name_reader(plan=plan, by=cast.secretariat, email="a@press.example", name="A")
    with pytest.raises(PermissionDenied):
        revoke_reader(reader=reader, by=getattr(cast, who))


def test_named_user_reads_page_and_files_and_is_recorded(cast: Cast, sign_in: Any, plan: PlannedPublication) -> None:
    name_reader(plan=plan, by=cast.secretariat, email=cast.outsider.email.upper())
    assert told("embargo_reader") == {cast.outsider.email}
    client = sign_in(cast.outsider)
    response = client.get("/briefs/soon/embargo/")
    page = response.content.decode()
    assert "Soon to be read" in page
    assert "Not to be quoted, published or passed on before" in page
    assert (response["Cache-Control"], response["X-Robots-Tag"]) == ("private, no-store", "noindex, nofollow, noarchive")
    file = client.get("/briefs/soon/embargo/print/")
    assert everything(file).endswith(b"print_pdf")
    assert f"(Europe/Istanbul) – reader: {cast.outsider} %PDF".encode() in everything(file)
    assert file["Content-Disposition"] == 'inline; filename="EMBARGO-soon-print.pdf"'
    assert list(EmbargoOpening.objects.order_by("pk").values_list("user", "what")) == [
        (cast.outsider.pk, "page"),
        (cast.outsider.pk, "print"),
    ]
    # A reader under embargo sees nothing else of the brief.
    assert client.get("/briefs/soon/").status_code == 404


@pytest.mark.parametrize("page", ["", "pdf/", "print/", "archive/"])
def test_nobody_else_reads(cast: Cast, sign_in: Any, plan: PlannedPublication, page: str) -> None:
    for who in ("outsider", "focal_who", "focal_samoa", "administrator"):
        assert sign_in(getattr(cast, who)).get(f"/briefs/soon/embargo/{page}").status_code == 404, who
    assert sign_in().get(f"/briefs/soon/embargo/{page}").status_code == 302
    assert not EmbargoOpening.objects.exists()


def test_those_who_make_the_brief_read_and_are_recorded_too(cast: Cast, sign_in: Any, plan: PlannedPublication) -> None:
    assert sign_in(cast.contributor_undp).get("/briefs/soon/embargo/").status_code == 200
    assert EmbargoOpening.objects.get().user == cast.contributor_undp


def test_reader_from_outside_has_a_link_and_opens_by_an_act_of_their_own(
    cast: Cast, plan: PlannedPublication, client: Client
) -> None:
    reader = name_reader(plan=plan, by=cast.secretariat, email="ana@press.example", name="Ana Ruiz", language="es")
    row = Notification.objects.get(kind="briefs.embargo_reader_by_link")
    token = embargo_token(reader)
    _subject, text, _html, _ = render(row)
    assert f"/briefs/embargo/{token}/" in text
    assert token not in str(row.context)
    address = f"/briefs/embargo/{token}/"
    first = client.get(address).content.decode()
    assert "Soon to be read" not in first
    assert not EmbargoOpening.objects.exists()
    assert "Soon to be read" in client.post(address).content.decode()
    copy = everything(client.get(f"{address}pdf/"))
    assert copy.endswith(b"screen_pdf")
    assert b"reader: Ana Ruiz %PDF" in copy
    assert list(EmbargoOpening.objects.order_by("pk").values_list("reader", "what")) == [(reader.pk, "page"), (reader.pk, "pdf")]


def test_revoked_link_opens_nothing(cast: Cast, plan: PlannedPublication, client: Client) -> None:
    reader = name_reader(plan=plan, by=cast.secretariat, email="ana@press.example", name="Ana Ruiz")
    address = f"/briefs/embargo/{embargo_token(reader)}/"
    revoke_reader(reader=reader, by=cast.secretariat)
    with pytest.raises(Refused, match="revoked already"):
        revoke_reader(reader=reader, by=cast.secretariat)
    for answer in (client.get(address), client.post(address), client.get(f"{address}pdf/")):
        assert answer.status_code == 410
        assert "can no longer be read" in answer.content.decode()
    again = name_reader(plan=plan, by=cast.secretariat, email="ana@press.example", name="Ana Ruiz")
    assert client.post(f"/briefs/embargo/{embargo_token(again)}/").status_code == 200


def test_revoked_user_reads_no_more(cast: Cast, sign_in: Any, plan: PlannedPublication) -> None:
    reader = name_reader(plan=plan, by=cast.secretariat, email=cast.outsider.email)
    response = sign_in(cast.secretariat).post(f"/briefs/soon/publication/readers/{reader.pk}/revoke/")
    assert response.status_code == 302
    assert sign_in(cast.outsider).get("/briefs/soon/embargo/").status_code == 404


def test_invented_link_is_none(client: Client, plan: PlannedPublication) -> None:
    assert client.get(f"/briefs/embargo/1:{'x' * 43}/").status_code == 404
    assert client.get("/briefs/embargo/1:x/").status_code == 404


def test_plan_that_is_taken_back_ends_reading(cast: Cast, sign_in: Any, plan: PlannedPublication, client: Client) -> None:
    user = name_reader(plan=plan, by=cast.secretariat, email=cast.outsider.email)
    outside = name_reader(plan=plan, by=cast.secretariat, email="ana@press.example", name="Ana Ruiz")
    take_back_plan(plan=plan, by=cast.secretariat)
    assert user.user == cast.outsider
    assert sign_in(cast.outsider).get("/briefs/soon/embargo/").status_code == 404
    assert client.post(f"/briefs/embargo/{embargo_token(outside)}/").status_code == 410
    with pytest.raises(Refused, match="not under embargo now"):
        name_reader(plan=plan, by=cast.secretariat, email="b@press.example", name="B")


def test_after_the_moment_links_lead_to_the_public_page(
    cast: Cast, plan: PlannedPublication, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = name_reader(plan=plan, by=cast.secretariat, email="ana@press.example", name="Ana Ruiz")
    overdue(plan, monkeypatch)
    publish_due()
    address = f"/briefs/embargo/{embargo_token(reader)}/"
    assert client.get(address)["Location"] == "/briefs/soon/"
    assert client.get(f"{address}pdf/")["Location"] == "/briefs/soon/pdf/"
    assert client.get("/briefs/soon/pdf/").status_code == 200
    assert Brief.objects.public().get().slug == "soon"


@pytest.mark.parametrize(
    ("email", "name", "sentence"),
    [("a@press.example", "", "Give the person’s name"), ("again@press.example", "Again", "is a reader already")],
)
def test_reader_who_cannot_be_named_is_refused_with_what_was_typed(
    cast: Cast, sign_in: Any, plan: PlannedPublication, email: str, name: str, sentence: str
) -> None:
    name_reader(plan=plan, by=cast.secretariat, email="again@press.example", name="Again")
    response = sign_in(cast.secretariat).post(
        "/briefs/soon/publication/readers/", {"email": email, "name": name, "language": "fr"}
    )
    assert response.status_code == 400
    assert sentence in response.content.decode()
    assert email in response.content.decode()


# --- copies with the reader's name ---


def test_name_that_no_font_can_write_is_stood_in_for_by_the_address(
    cast: Cast, plan: PlannedPublication, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(pdf: bytes, text: str, **how: str) -> bytes:
        if "☃" in text:
            raise RenderFailed("no such letter")
        return text.encode()

    monkeypatch.setattr("briefs.documents.embargo.stamped", refuses)
    reader = name_reader(plan=plan, by=cast.secretariat, email="ana@press.example", name="Ana ☃")
    answer = client.get(f"/briefs/embargo/{embargo_token(reader)}/pdf/")
    assert answer["Cache-Control"] == "private, no-store"
    assert everything(answer).endswith(b"reader: ana@press.example")


def test_copy_is_in_the_language_of_its_reader(cast: Cast, plan: PlannedPublication, client: Client) -> None:
    reader = name_reader(plan=plan, by=cast.secretariat, email="ana@press.example", name="Ana Ruiz", language="ar")
    copy = everything(client.get(f"/ar/briefs/embargo/{embargo_token(reader)}/pdf/")).decode()
    # Apart from the words around it, which run the other way.
    assert "\u2068Ana Ruiz\u2069" in copy


def test_what_is_published_bears_no_name(
    cast: Cast, plan: PlannedPublication, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    name_reader(plan=plan, by=cast.secretariat, email="ana@press.example", name="Ana Ruiz")
    overdue(plan, monkeypatch)
    publish_due()
    for name in ("pdf", "print", "archive"):
        assert b"reader" not in everything(client.get(f"/briefs/soon/{name}/"))


# --- pictures ---

EVERYWHERE = (
    "/briefs/", "/briefs/?q=Unseen", "/briefs/feed/", "/briefs/feed/rss/", "/briefs/feed/series/policy-briefs/",
    "/search/?q=Unseen", "/briefs/series/policy-briefs/", "/api/v1/briefs/",
    "/api/v1/briefs/?q=Unseen", "/sitemap.xml", "/", "/briefs/seen/",
    "/briefs/seen/editions/1/", "/api/v1/briefs/seen/", "/oai/?verb=ListRecords&metadataPrefix=oai_dc",
)  # fmt: skip
OWN_DOORS = (
    "", "editions/1/", "pdf/", "print/", "archive/", "editions/1/pdf/", "press-kit/", "editions/1/press-kit/", "cite/text/",
    "editions/1/cite/bibtex/", "figures/pump/picture/", "editions/1/figures/pump/", "embargo/", "embargo/pdf/",
    "embargo/pictures/pump/", "contents/", "contents/figures/pump/", "checklist/", "source/",
)  # fmt: skip


@pytest.fixture
def pictured(cast: Cast, fake_pdf: list[str]) -> PlannedPublication:  # noqa: F811
    """A text with a picture under embargo, beside a published brief of the same series, agencies, theme and Goal."""
    theme, goal = ThemeFactory(), GoalFactory(number=6)
    seen = brief_by(slug="seen")
    brief = brief_by(slug="unseen-brief", title="Unseen brief", summary="Unseen words.")
    for one in (seen, brief):
        one.themes.add(theme)
        one.sdgs.add(goal)
    section = brief.sections.get(position=1)
    section.body = "<p>See it.</p><p>[figure pump]</p>"
    section.save()
    PictureFactory(brief=brief, caption="Unseen picture", file=store_file(content=PICTURE, mime="image/png"))
    edition = publish_without_verbs(seen)
    Brief.objects.filter(pk=seen.pk).update(state=BriefState.PUBLISHED, current_edition=edition)
    clear_all(brief)
    at = timezone.now() + timedelta(days=2)
    plan = plan_publication(
        brief=in_state(brief, BriefState.CLEARED), by=cast.secretariat, at=at, time_zone="Europe/Istanbul", under_embargo=True
    )
    render_plan(plan=plan, report=lambda done, total: None)
    plan.refresh_from_db()
    return plan


PICTURE = picture_bytes(size=(301, 201))


def everything(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


@pytest.mark.parametrize("who", [None, "outsider", "focal_who", "focal_samoa", "administrator", "revoked"])
def test_picture_under_embargo_is_behind_no_door(cast: Cast, sign_in: Any, pictured: PlannedPublication, who: str | None) -> None:
    if who == "revoked":
        reader = name_reader(plan=pictured, by=cast.secretariat, email=cast.outsider.email)
        revoke_reader(reader=reader, by=cast.secretariat)
        who = "outsider"
    client = sign_in(getattr(cast, who)) if who else sign_in()
    assert pictured.screen_pdf
    by_hash = f"editions/1/pdf/{pictured.screen_pdf.sha256}/"
    for door in (*(f"/briefs/unseen-brief/{page}" for page in (*OWN_DOORS, by_hash)), "/api/v1/briefs/unseen-brief/"):
        answer = client.get(door)
        assert answer.status_code in {302, 404}, door
        assert PICTURE not in everything(answer), door
    for door in EVERYWHERE:
        answer = client.get(door, follow=True)
        assert answer.status_code == 200, door
        for word in (b"unseen-brief", b"Unseen words", b"Unseen picture", b"Unseen brief"):
            assert word not in everything(answer), door
    # Not under the name of another brief, either.
    assert client.get("/briefs/seen/editions/1/figures/pump/").status_code == 404
    assert client.get("/briefs/seen/embargo/pictures/pump/").status_code in {302, 404}


def test_picture_under_embargo_is_for_its_named_readers_and_authors(
    cast: Cast, sign_in: Any, pictured: PlannedPublication, monkeypatch: pytest.MonkeyPatch
) -> None:
    name_reader(plan=pictured, by=cast.secretariat, email=cast.outsider.email)
    by_link = name_reader(plan=pictured, by=cast.secretariat, email="ana@press.example", name="Ana Ruiz")
    link = f"/briefs/embargo/{embargo_token(by_link)}/pictures/pump/"
    for client, address in (
        (sign_in(cast.outsider), "/briefs/unseen-brief/embargo/pictures/pump/"),
        (sign_in(cast.contributor_undp), "/briefs/unseen-brief/embargo/pictures/pump/"),
        (sign_in(cast.contributor_undp), "/briefs/unseen-brief/figures/pump/picture/"),
        (sign_in(), link),
    ):
        answer = client.get(address)
        assert everything(answer) == PICTURE, address
        assert answer["Cache-Control"] == "private, no-store"
    page = sign_in(cast.outsider).get("/briefs/unseen-brief/embargo/").content.decode()
    assert 'src="/briefs/unseen-brief/embargo/pictures/pump/"' in page
    # A reader is no author: the picture of the text being written is not theirs.
    assert sign_in(cast.outsider).get("/briefs/unseen-brief/figures/pump/picture/").status_code == 404
    revoke_reader(reader=by_link, by=cast.secretariat)
    assert sign_in().get(link).status_code == 410
    overdue(pictured, monkeypatch)
    publish_due()
    answer = sign_in().get("/briefs/unseen-brief/editions/1/figures/pump/")
    assert everything(answer) == PICTURE


# --- forgetting ---


def stored_anywhere(words: str) -> list[str]:
    """The tables in which a row, as text, holds the words."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}" AS t WHERE t::text ILIKE %s', [f"%{words}%"])
            if cursor.fetchone()[0]:
                found.append(table)
    return found


def ago(plan: PlannedPublication, days: int) -> None:
    plan.state_changes.update(at=timezone.now() - timedelta(days=days))


def test_reader_from_outside_is_forgotten_after_the_time(
    cast: Cast, plan: PlannedPublication, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = name_reader(plan=plan, by=cast.secretariat, email="Ana.Ruiz@press.example", name="Ana Ruiz", language="es")
    user = name_reader(plan=plan, by=cast.secretariat, email=cast.outsider.email)
    address = f"/briefs/embargo/{embargo_token(ana)}/"
    assert "are erased 90 days after" in client.get(address).content.decode()
    client.post(address)
    ago(plan, 100)
    assert forget_embargo_readers() == 0  # as long as the embargo holds
    overdue(plan, monkeypatch)
    publish_due()
    assert forget_embargo_readers() == 0  # as long as it ended a short time ago
    ago(plan, 89)
    assert forget_embargo_readers() == 0
    assert stored_anywhere("ana.ruiz@press") == ["briefs_embargoreader", "notifications_notification"]
    ago(plan, 91)
    assert forget_embargo_readers() == 1
    assert forget_embargo_readers() == 0
    for words in ("ana.ruiz@press", "Ana Ruiz"):
        assert stored_anywhere(words) == []
    # That somebody opened it stays, and so does who is named by an account.
    assert EmbargoOpening.objects.get().reader == ana
    user.refresh_from_db()
    assert (user.user, user.revoked_at) == (cast.outsider, None)


def test_reader_of_another_embargo_keeps_the_message_with_the_link(cast: Cast, plan: PlannedPublication) -> None:
    name_reader(plan=plan, by=cast.secretariat, email="ana@press.example", name="Ana Ruiz")
    other = plan_publication(
        brief=brief_by(state=BriefState.CLEARED), by=cast.secretariat, at=plan.at, time_zone="UTC", under_embargo=True
    )
    stays = name_reader(plan=other, by=cast.secretariat, email="ana@press.example", name="Ana Ruiz")
    take_back_plan(plan=plan, by=cast.secretariat)
    ago(plan, 91)
    assert forget_embargo_readers() == 1
    stays.refresh_from_db()
    assert stays.email == "ana@press.example"
    assert Notification.objects.filter(kind="briefs.embargo_reader_by_link", address="ana@press.example").count() == 2


def test_person_takes_along_and_is_erased_where_their_address_was_named(
    cast: Cast, plan: PlannedPublication, client: Client
) -> None:
    reader = name_reader(plan=plan, by=cast.secretariat, email="ana@press.example", name="Ana Ruiz")
    address = f"/briefs/embargo/{embargo_token(reader)}/"
    client.post(address)
    ana = UserFactory(email="Ana@press.example", given_name="Ana", family_name="Ruiz")
    data = data_of_person(ana)
    assert [(row["brief"], row["name"]) for row in data["read_under_embargo"]] == [("soon", "Ana Ruiz")]
    assert [(row["brief"], row["what"]) for row in data["opened_under_embargo"]] == [("soon", "page")]
    erase(user=ana, by=ana)
    for words in ("ana@press", "Ana Ruiz"):
        assert stored_anywhere(words) == []
    assert client.post(address).status_code == 410
