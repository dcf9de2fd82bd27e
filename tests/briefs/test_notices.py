"""Corrections and withdrawals at the head of an edition: the edition and its first bytes stay."""

import io
import json
import zipfile
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

import briefs.tasks  # noqa: F401 - registers what the job does, as a worker's start does
from briefs.documents import edition_html
from briefs.documents.editions import _sources_of
from briefs.enums import BriefState
from briefs.models import Brief, Edition, HeadNotice
from briefs.selectors import content_hash
from briefs.selectors.publishing import with_notices
from briefs.services import correct_edition, press, publish_due, render_edition, withdraw_brief
from briefs.services.notices import add_notice
from briefs.services.press import make_press_kit, start_missing_press_kits
from common.access import Refused
from common.pdf_apart import Rendered
from directory.models import Job, StoredFile
from directory.page_versions import bump
from directory.services.jobs import run_job
from notifications.models import Notification
from notifications.services.delivery import render
from tests.briefs.test_machines import ATOM
from tests.briefs.test_schedules import at_once, planned, told
from tests.conftest import Cast
from tests.factories.briefs import PUBLISHED_AT, brief_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Edition:
    """An edition with files whose bytes say what stands at their head."""

    def edition_files(edition: Edition, fields: list[str]) -> Rendered:
        head = [row["text"] for row in edition.content.get("corrigenda", [])]
        reason = edition.content.get("withdrawal", {}).get("text", "")
        return Rendered([f"%PDF {field} {head} {reason}".encode() for field in fields], 1.0)

    monkeypatch.setattr("briefs.services.rendering.documents.edition_files", edition_files)
    made = brief_by(state=BriefState.PUBLISHED, slug="pumps").edition
    render_edition(edition=made, report=lambda done, total: None)
    return Edition.objects.get(pk=made.pk)


def body(response: Any) -> str:
    return response.getvalue().decode()


def work() -> None:
    for job in Job.objects.filter(kind="briefs.render_notice", state="waiting").order_by("created_at"):
        run_job(job_id=str(job.pk))


@pytest.mark.parametrize("who", ["focal_undp", "drafter", "outsider", "administrator"])
def test_only_secretariat_staff_correct(cast: Cast, edition: Edition, who: str) -> None:
    with pytest.raises(PermissionDenied):
        correct_edition(edition=edition, by=getattr(cast, who), text="Read 12.")


def test_correction_stands_at_the_head_of_page_and_files_and_old_bytes_stay(cast: Cast, edition: Edition, client: Client) -> None:
    assert edition.screen_pdf is not None
    before = edition.screen_pdf.sha256
    correct_edition(edition=edition, by=cast.secretariat, text="In table 1, read 12 for 21.", seen=0)
    # Until the new files are there, the ones before are handed out.
    assert "21" not in body(client.get("/briefs/pumps/pdf/"))
    work()
    for address in ("/briefs/pumps/", "/briefs/pumps/editions/1/", "/ar/briefs/pumps/"):
        page = client.get(address).content.decode()
        assert "In table 1, read 12 for 21." in page, address
        assert f"/briefs/pumps/editions/1/pdf/{before}/" in page, address
    for address in ("/briefs/pumps/pdf/", "/briefs/pumps/editions/1/pdf/"):
        answer = client.get(address)
        assert body(answer) == "%PDF screen_pdf ['In table 1, read 12 for 21.'] "
        assert answer["Cache-Control"] == "public, max-age=0, must-revalidate"
    old = client.get(f"/briefs/pumps/editions/1/pdf/{before}/")
    assert body(old) == "%PDF screen_pdf [] "
    assert old["Cache-Control"] == "public, max-age=31536000, immutable"
    assert Edition.objects.get().screen_pdf_id == edition.screen_pdf_id
    assert "corrigenda" not in Edition.objects.get().content


def test_corrections_add_up_in_order(cast: Cast, edition: Edition) -> None:
    for text in ("First.", "Second."):
        correct_edition(edition=edition, by=cast.secretariat, text=text)
    content = with_notices(edition.content, edition.notices.all())
    assert [row["text"] for row in content["corrigenda"]] == ["First.", "Second."]
    edition.content = content
    html = edition_html(edition)
    assert html.index("First.") < html.index("Second.") < html.index("Because it does.")


def test_agencies_are_told_what_was_corrected(cast: Cast, edition: Edition) -> None:
    correct_edition(edition=edition, by=cast.secretariat, text="Read <12> & more.")
    assert told("edition_corrected") == {cast.focal_undp.email, cast.contributor_undp.email, cast.focal_fao.email}
    _subject, text, html, _ = render(Notification.objects.filter(kind="briefs.edition_corrected")[0])
    assert "Read <12> & more." in text
    assert "Read &lt;12&gt; &amp; more." in html


@pytest.mark.parametrize(
    ("text", "seen", "sentence"), [("  ", 0, "Write what is corrected"), ("Mine.", 0, "Somebody else corrected")]
)
def test_correction_is_refused_with_what_to_do(cast: Cast, edition: Edition, text: str, seen: int, sentence: str) -> None:
    if text.strip():
        correct_edition(edition=edition, by=cast.secretariat, text="Theirs.")
    with pytest.raises(Refused, match=sentence):
        correct_edition(edition=edition, by=cast.secretariat, text=text, seen=seen)


def test_page_of_the_correction_loses_nothing_typed(cast: Cast, sign_in: Any, edition: Edition) -> None:
    client = sign_in(cast.secretariat)
    address = "/briefs/pumps/editions/1/correct/"
    assert client.get(address).status_code == 200
    correct_edition(edition=edition, by=cast.secretariat, text="Theirs.")
    response = client.post(address, {"text": "Mine, long thought of.", "seen": "0"})
    page = response.content.decode()
    assert response.status_code == 400
    assert "Theirs." in page
    assert "Mine, long thought of." in page
    assert 'name="seen" value="1"' in page
    assert client.post(address, {"text": "Mine, long thought of.", "seen": "1"}).status_code == 302
    assert sign_in(cast.focal_undp).get(address).status_code == 403
    assert sign_in().get(address).status_code == 302
    assert client.get("/briefs/pumps/editions/9/correct/").status_code == 404


def test_withdrawal_is_printed_at_the_head_of_every_file_that_stays(cast: Cast, edition: Edition, client: Client) -> None:
    correct_edition(edition=edition, by=cast.secretariat, text="Read 12.")
    withdraw_brief(brief=edition.brief, by=cast.secretariat, reason="The data were wrong.")
    work()
    assert body(client.get("/briefs/pumps/pdf/")) == "%PDF screen_pdf ['Read 12.'] The data were wrong."
    page = client.get("/briefs/pumps/").content.decode()
    assert "This brief was withdrawn" in page
    assert "The data were wrong." in page
    edition.content = with_notices(edition.content, edition.notices.all())
    assert "The data were wrong." in edition_html(edition)
    with pytest.raises(Refused, match="is withdrawn"):
        correct_edition(edition=edition, by=cast.secretariat, text="Read 13.")


def test_signs_that_no_font_has_are_refused_before_they_are_printed(cast: Cast, edition: Edition) -> None:
    for act in (
        lambda words: correct_edition(edition=edition, by=cast.secretariat, text=words),
        lambda words: withdraw_brief(brief=edition.brief, by=cast.secretariat, reason=words),
    ):
        with pytest.raises(Refused, match="lack some of these signs: \U0001f6b0"):
            act("Read 12 \U0001f6b0 pumps.")
    assert not HeadNotice.objects.exists()
    correct_edition(edition=edition, by=cast.secretariat, text="Read ½ pump – “12 m²” – ≥ 3 €, 水泵, مضخة.")


def test_notice_does_not_change(cast: Cast, edition: Edition) -> None:
    notice = correct_edition(edition=edition, by=cast.secretariat, text="Read 12.")
    work()
    other = StoredFile.objects.create(sha256="f" * 64, file="x", mime="application/pdf", size=1)
    for change in ({"text": "Other."}, {"at": edition.published_at}, {"screen_pdf": other}):
        with pytest.raises(IntegrityError, match="does not change"), transaction.atomic():
            HeadNotice.objects.filter(pk=notice.pk).update(**change)
    with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
        HeadNotice.objects.filter(pk=notice.pk)._raw_delete("default")


def test_file_by_a_hash_of_another_brief_is_none(cast: Cast, edition: Edition, client: Client) -> None:
    brief_by(state=BriefState.PUBLISHED, slug="other")
    assert edition.screen_pdf is not None
    assert client.get(f"/briefs/other/editions/1/pdf/{edition.screen_pdf.sha256}/").status_code == 404
    assert client.get(f"/briefs/pumps/editions/1/print/{edition.screen_pdf.sha256}/").status_code == 404


def test_handing_out_a_corrected_file_asks_the_same_for_one_correction_and_many(
    cast: Cast, edition: Edition, client: Client, django_assert_num_queries: Any
) -> None:
    for number in range(3):
        correct_edition(edition=edition, by=cast.secretariat, text=f"Read {number}.")
    work()
    # Once for the file, once to count the download.
    with django_assert_num_queries(2):
        client.get("/briefs/pumps/pdf/")


# --- what stands beside an edition is told to programs, too ---


def test_harvesters_and_feeds_see_a_correction_as_a_change(cast: Cast, edition: Edition, client: Client) -> None:
    newer = brief_by(state=BriefState.PUBLISHED, slug="newer", title="Newer").edition
    identifier = f"oai:127.0.0.1:brief/{edition.brief_id}"
    assert f"<datestamp>{PUBLISHED_AT:%Y-%m-%d}" in harvested(client, identifier)
    before = PUBLISHED_AT + timedelta(days=2)
    add_notice(edition=edition, kind="correction", text="Read 12.", by=cast.secretariat, at=before + timedelta(days=1))
    bump("briefs")
    record = harvested(client, identifier)
    assert "<datestamp>2018-02-04T15:00:00Z</datestamp>" in record
    assert "Correction of 4 February 2018: Read 12." in record
    # Whoever asks for what is new since before the correction gets this one, and not what did not change.
    fresh = body(client.get(f"/oai/?verb=ListIdentifiers&metadataPrefix=oai_dc&from={before:%Y-%m-%dT%H:%M:%SZ}"))
    assert identifier in fresh
    assert f"brief/{newer.brief_id}<" not in fresh
    first, second = ElementTree.fromstring(client.get("/briefs/feed/").content).findall("a:entry", ATOM)
    assert first.findtext("a:title", namespaces=ATOM) == edition.title
    assert first.findtext("a:updated", namespaces=ATOM) == "2018-02-04T15:00:00+00:00"
    assert first.findtext("a:published", namespaces=ATOM) == PUBLISHED_AT.isoformat()
    assert first.findtext("a:summary", namespaces=ATOM).startswith("Correction of 4 February 2018: Read 12. ")
    assert second.findtext("a:updated", namespaces=ATOM) == PUBLISHED_AT.isoformat()


def harvested(client: Client, identifier: str) -> str:
    return body(client.get(f"/oai/?verb=GetRecord&metadataPrefix=oai_dc&identifier={identifier}"))


def test_withdrawal_reaches_feeds_and_harvesters(cast: Cast, edition: Edition, client: Client) -> None:
    withdraw_brief(brief=edition.brief, by=cast.secretariat, reason="The data were wrong.")
    (entry,) = ElementTree.fromstring(client.get("/briefs/feed/").content).findall("a:entry", ATOM)
    assert entry.findtext("a:title", namespaces=ATOM) == f"Withdrawn: {edition.title}"
    assert entry.findtext("a:summary", namespaces=ATOM) == "The data were wrong."
    assert entry.findtext("a:updated", namespaces=ATOM) > timezone.now().strftime("%Y-%m-%d")
    assert 'status="deleted"' in harvested(client, f"oai:127.0.0.1:brief/{edition.brief_id}")


def test_edition_that_came_later_than_its_date_is_new_from_when_it_came(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = planned(cast, days=1)
    with time_machine.travel(plan.at + timedelta(days=3)):
        publish_due()
        edition = Edition.objects.get()
        assert edition.published_at == plan.at
        record = harvested(client, f"oai:127.0.0.1:brief/{edition.brief_id}")
    assert f"<datestamp>{plan.at + timedelta(days=3):%Y-%m-%d}" in record


def test_edition_stays_identical_and_notices_stand_beside_it(cast: Cast, edition: Edition, client: Client) -> None:
    frozen = (edition.content, edition.sha256, edition.text)
    correct_edition(edition=edition, by=cast.secretariat, text="Read 12.")
    again = Edition.objects.get(pk=edition.pk)
    assert (again.content, again.sha256, again.text) == frozen
    assert content_hash(again.content) == again.sha256
    answer = client.get("/api/v1/briefs/pumps/").json()
    assert answer["sha256"] == edition.sha256
    assert [(row["kind"], row["text"]) for row in answer["notices"]] == [("correction", "Read 12.")]
    page = client.get("/briefs/pumps/").content.decode()
    assert '"correction": ["Correction of ' in page
    again.content = with_notices(again.content, again.notices.all())
    attached, _document = _sources_of(again, "")
    assert content_hash(json.loads(attached.content)) == edition.sha256


# --- the press kit ---


def kit_of(client: Client) -> zipfile.ZipFile | None:
    answer = client.get("/briefs/pumps/press-kit/")
    on_page = "Press kit" in client.get("/briefs/pumps/").content.decode()
    assert on_page == (answer.status_code == 200)
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) if on_page else None


@pytest.fixture
def no_cover(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("briefs.services.press.first_page_png", lambda pdf, width: b"cover of " + pdf)


def kits() -> None:
    start_missing_press_kits()
    for job in Job.objects.filter(kind="briefs.press_kit", state="waiting"):
        run_job(job_id=str(job.pk))


def test_press_kit_is_made_again_with_each_correction(cast: Cast, edition: Edition, client: Client, no_cover: None) -> None:
    kits()
    first = kit_of(client)
    assert first
    assert "pumps/corrections.txt" not in first.namelist()
    for count, text in enumerate(("Read 12.", "Read 13."), 1):
        correct_edition(edition=edition, by=cast.secretariat, text=text)
        # No newsroom gets what is being corrected: neither before nor while the new one is made.
        assert kit_of(client) is None
        kits()
        assert kit_of(client) is None
        work()
        kits()
        kit = kit_of(client)
        assert kit
        words = kit.read("pumps/corrections.txt").decode("utf-8-sig")
        assert text in words
        assert words.count("Correction of") == count
        assert text.encode() in kit.read("pumps/pumps.pdf")
        assert kit.namelist()[0] == "pumps/corrections.txt"
    assert start_missing_press_kits() == 0
    # The kits before are thrown away.
    assert StoredFile.objects.filter(mime="application/zip").count() == 1


def test_withdrawn_brief_has_no_press_kit(cast: Cast, edition: Edition, client: Client, no_cover: None) -> None:
    kits()
    assert kit_of(client)
    withdraw_brief(brief=edition.brief, by=cast.secretariat, reason="The data were wrong.")
    work()
    assert start_missing_press_kits() == 0
    assert make_press_kit(edition=edition) is None
    assert kit_of(client) is None
    assert client.get("/briefs/pumps/editions/1/press-kit/").status_code == 404


def test_kit_that_was_being_made_during_a_correction_is_not_handed_out(
    cast: Cast, edition: Edition, client: Client, no_cover: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = press.store_file

    def meanwhile(**arguments: Any) -> StoredFile:
        monkeypatch.setattr("briefs.services.press.store_file", real)
        correct_edition(edition=edition, by=cast.secretariat, text="Read 12.")
        work()
        kits()
        return real(**arguments)

    monkeypatch.setattr("briefs.services.press.store_file", meanwhile)
    kit = make_press_kit(edition=edition)
    assert kit
    assert kit.notice == edition.notices.get()
    held = kit_of(client)
    assert held
    assert "pumps/corrections.txt" in held.namelist()


@pytest.mark.django_db(transaction=True)
def test_two_corrections_at_once_of_the_same_page_are_one(cast: Cast, edition: Edition) -> None:
    outcomes = at_once(
        *[lambda: correct_edition(edition=Edition.objects.get(), by=cast.secretariat, text="Read 12.", seen=0)] * 2
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["HeadNotice", "Refused"]
    assert Brief.objects.get().editions.get().notices.count() == 1
