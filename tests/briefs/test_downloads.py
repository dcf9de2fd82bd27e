"""Counts of downloads: of people, once, without their traces; press kits, kept by hash."""

import io
import threading
import uuid
import zipfile
from datetime import UTC, date, datetime
from typing import Any

import pytest
import redis
from django.conf import settings
from django.db import IntegrityError, transaction
from django.test import Client

from briefs.enums import BriefState
from briefs.models import Brief, DownloadBatch, DownloadCount, Edition, PressKit
from briefs.services import downloads as counting
from briefs.services.press import KIT_JOB, make_press_kit, press_kit_bytes, start_missing_press_kits
from directory.models import Job
from directory.services.files import store_file
from tests.conftest import Cast
from tests.factories.briefs import brief_by
from tests.faults.servers import eventually

pytestmark = pytest.mark.django_db
READER = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0"}


@pytest.fixture(autouse=True)
def no_counts() -> Any:
    counting.breaker.reset()
    counting._counted.tell()  # what earlier tests took
    client = redis.Redis.from_url(settings.REDIS_URL)
    client.delete(counting._OPEN, *client.keys(counting._BATCH + "*"))
    yield client
    counting.breaker.reset()
    client.delete(counting._OPEN, *client.keys(counting._BATCH + "*"))


@pytest.fixture
def brief(cast: Cast) -> Brief:
    brief = brief_by(slug="pumps", state=BriefState.PUBLISHED)
    kept = store_file(content=b"%PDF-1.7 pumps", mime="application/pdf")
    Edition.objects.filter(pk=brief.current_edition_id).update(screen_pdf=kept, print_pdf=kept)
    return brief


def get(client: Client, name: str = "pdf", **headers: str) -> Any:
    return client.get(f"/briefs/pumps/{name}/", headers={**READER, **headers})


def test_downloads_are_counted_by_edition_file_and_day(client: Client, brief: Brief) -> None:
    for _time in range(3):
        get(client)
    get(client, "print")
    client.get("/briefs/pumps/editions/1/pdf/", headers=READER)
    assert counting.fold_downloads() == 5
    rows = DownloadCount.objects.order_by("file").values_list("edition", "file", "count")
    assert list(rows) == [(brief.current_edition_id, "pdf", 4), (brief.current_edition_id, "print", 1)]
    get(client)
    assert (counting.fold_downloads(), counting.fold_downloads()) == (1, 0)
    assert DownloadCount.objects.get(file="pdf").count == 5


@pytest.mark.parametrize(
    "headers",
    [
        {"user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
        {"user-agent": "curl/8.5.0"},
        {"user-agent": "python-requests/2.32"},
        {"user-agent": ""},
        {"range": "bytes=65536-"},
        {"range": "bytes=-500"},
        {"sec-purpose": "prefetch"},
    ],
)
def test_robots_continuations_and_looks_ahead_are_not_counted(client: Client, brief: Brief, headers: dict[str, str]) -> None:
    assert get(client, **headers).status_code == 200
    assert counting.fold_downloads() == 0


def test_first_part_is_counted(client: Client, brief: Brief) -> None:
    get(client, range="bytes=0-")
    assert counting.fold_downloads() == 1


def test_head_repeated_look_and_missing_file_are_not_counted(client: Client, brief: Brief) -> None:
    etag = client.head("/briefs/pumps/pdf/", headers=READER)["ETag"]
    assert get(client, **{"if-none-match": etag}).status_code == 304
    assert get(client, "archive").status_code == 503
    assert counting.fold_downloads() == 0


def test_nothing_of_a_reader_is_kept(client: Client, brief: Brief, no_counts: Any) -> None:
    get(client)
    counting._counted.tell()
    ((name, value),) = no_counts.hgetall(counting._OPEN).items()
    day, edition, file = name.decode().split("|")
    assert (edition, file, value) == (str(brief.current_edition_id), "pdf", b"1")
    assert date.fromisoformat(day)


def test_batch_taken_over_before_a_crash_is_not_added_again(brief: Brief, no_counts: Any) -> None:
    batch = uuid.uuid4()
    counted = {f"2026-01-02|{brief.current_edition_id}|pdf": "7"}
    counting._take_over(batch, counted)
    # The worker died before it threw the batch away: it is still in Redis.
    no_counts.hset(counting._BATCH + str(batch), mapping=counted)
    assert counting.fold_downloads() == 0
    assert DownloadCount.objects.get().count == 7
    assert not no_counts.keys(counting._BATCH + "*")


def test_batch_left_by_a_worker_that_died_before_writing_is_taken_over(brief: Brief, no_counts: Any) -> None:
    no_counts.hset(counting._BATCH + str(uuid.uuid4()), mapping={f"2026-01-02|{brief.current_edition_id}|pdf": "2"})
    assert counting.fold_downloads() == 2
    assert DownloadBatch.objects.count() == 1


def test_count_of_an_edition_that_is_gone_is_dropped(brief: Brief, no_counts: Any) -> None:
    no_counts.hset(counting._OPEN, mapping={"2026-01-02|999999|pdf": "2", f"2026-01-02|{brief.current_edition_id}|other": "1"})
    assert counting.fold_downloads() == 0


def test_reader_gets_the_file_while_redis_is_away(client: Client, brief: Brief, monkeypatch: pytest.MonkeyPatch) -> None:
    dead = redis.Redis(host="127.0.0.1", port=1, socket_connect_timeout=0.1)
    monkeypatch.setattr(counting, "_client", lambda url: dead)
    assert get(client).status_code == 200
    counting._counted.tell()
    assert counting.breaker.is_open


def test_what_was_counted_reaches_redis_by_itself(
    client: Client, brief: Brief, no_counts: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "TELL_SECONDS", 0.01)
    for _ in range(3):
        get(client)
    assert eventually(lambda: no_counts.hvals(counting._OPEN) == [b"3"])


def test_several_requests_at_once_are_each_counted(brief: Brief) -> None:
    def taken() -> None:
        for _ in range(200):
            counting.count_download(edition_id=brief.current_edition_id, file="pdf")

    several = [threading.Thread(target=taken) for _ in range(4)]
    for one in several:
        one.start()
    for one in several:
        one.join()
    assert counting.fold_downloads() == 800


def test_a_day_has_one_count_per_file(brief: Brief) -> None:
    row = {"edition": brief.current_edition, "file": "pdf", "day": date(2026, 1, 2)}
    DownloadCount.objects.create(**row)
    with pytest.raises(IntegrityError), transaction.atomic():
        DownloadCount.objects.create(**row)


# --- who sees the counts ---


def test_public_sees_a_total_that_is_never_stale(client: Client, brief: Brief) -> None:
    assert "downloads" not in client.get("/briefs/pumps/").content.decode()
    for _time in range(2):
        get(client)
    counting.fold_downloads()
    assert "2 downloads" in client.get("/briefs/pumps/").content.decode()
    assert client.get("/api/v1/briefs/pumps/").json()["downloads"] == 2


@pytest.mark.parametrize("days", ["30", "90", "365", "x", "%00", ""])
def test_secretariat_sees_days_and_briefs(cast: Cast, sign_in: Any, brief: Brief, days: str) -> None:
    DownloadCount.objects.create(edition=brief.current_edition, file="pdf", day=datetime.now(UTC).date(), count=12)
    page = sign_in(cast.secretariat).get(f"/briefs/desk/downloads/?days={days}").content.decode()
    assert "12 downloads" in page
    assert "<svg" in page
    assert brief.title in page


def test_page_without_downloads_says_so(cast: Cast, sign_in: Any) -> None:
    assert "No file was taken in these days" in sign_in(cast.secretariat).get("/briefs/desk/downloads/").content.decode()


@pytest.mark.parametrize(("who", "status"), [(None, 302), ("outsider", 403), ("focal_undp", 403), ("secretariat", 200)])
def test_days_are_for_the_secretariat(cast: Cast, sign_in: Any, who: str | None, status: int) -> None:
    client = sign_in(getattr(cast, who) if who else None)
    assert client.get("/briefs/desk/downloads/").status_code == status
    assert client.post("/briefs/desk/downloads/").status_code == 405


@pytest.mark.parametrize("many", [1, 5])
def test_page_of_downloads_asks_the_same_for_one_and_many(
    cast: Cast, sign_in: Any, django_assert_num_queries: Any, many: int
) -> None:
    for _place in range(many):
        edition = brief_by(state=BriefState.PUBLISHED).current_edition
        DownloadCount.objects.create(edition=edition, file="pdf", day=datetime.now(UTC).date(), count=1)
    client = sign_in(cast.secretariat)
    client.get("/briefs/desk/downloads/")
    with django_assert_num_queries(DOWNLOAD_QUERIES):
        client.get("/briefs/desk/downloads/")


DOWNLOAD_QUERIES = 7


# --- the press kit ---


@pytest.fixture
def pdf(brief: Brief) -> Edition:
    import pikepdf

    document = pikepdf.new()
    document.add_blank_page(page_size=(595, 842))
    kept = io.BytesIO()
    document.save(kept)
    edition = Edition.objects.get(pk=brief.current_edition_id)
    other = brief_by(slug="kit", title="Kit: <b>", state=BriefState.PUBLISHED).current_edition
    assert other
    Edition.objects.filter(pk=other.pk).update(screen_pdf=store_file(content=kept.getvalue(), mime="application/pdf"))
    assert edition.pk != other.pk
    return Edition.objects.select_related("brief", "screen_pdf").get(pk=other.pk)


def test_kit_holds_cover_words_citation_and_pdf(pdf: Edition) -> None:
    archive = zipfile.ZipFile(io.BytesIO(press_kit_bytes(pdf)))
    assert archive.testzip() is None
    assert archive.namelist() == [
        f"kit/{name}"
        for name in (
            "cover.png", "summary.txt", "key-messages.txt", "citation.txt", "citation.bib", "citation.ris", "kit.pdf",
        )
    ]  # fmt: skip
    cover = archive.read("kit/cover.png")
    assert cover.startswith(b"\x89PNG")
    assert int.from_bytes(cover[16:20]) == 1240
    assert "1. Do this first.\r\n2. Then that.\r\n" in archive.read("kit/key-messages.txt").decode("utf-8-sig")
    assert archive.read("kit/kit.pdf").startswith(b"%PDF-")


def test_same_edition_gives_the_same_bytes(pdf: Edition) -> None:
    assert press_kit_bytes(pdf) == press_kit_bytes(pdf)


def test_kit_is_made_once_and_handed_out(client: Client, pdf: Edition) -> None:
    assert client.get("/briefs/kit/press-kit/").status_code == 404
    kit = make_press_kit(edition=pdf)
    assert make_press_kit(edition=pdf).pk == kit.pk
    assert "Press kit" in client.get("/briefs/kit/").content.decode()
    response = client.get("/briefs/kit/press-kit/", headers=READER)
    assert response["Content-Type"] == "application/zip"
    assert response["Content-Disposition"] == 'attachment; filename="kit-press-kit.zip"'
    assert b"".join(response.streaming_content)[:2] == b"PK"
    assert client.get("/briefs/kit/press-kit/", headers={"if-none-match": response["ETag"]}).status_code == 304
    assert client.get("/briefs/kit/editions/1/press-kit/").status_code == 200
    assert client.get("/briefs/kit/editions/2/press-kit/").status_code == 404
    counting.fold_downloads()
    assert DownloadCount.objects.get().file == "kit"


def test_missing_kits_are_asked_for_once(pdf: Edition, brief: Brief) -> None:
    assert start_missing_press_kits() == 2
    assert start_missing_press_kits() == 2
    assert Job.objects.filter(kind=KIT_JOB).count() == 2
    make_press_kit(edition=pdf)
    assert start_missing_press_kits() == 1


def test_kit_that_could_not_be_made_is_left_alone_for_a_day(pdf: Edition, brief: Brief) -> None:
    make_press_kit(edition=pdf)
    Job.objects.create(kind=KIT_JOB, key=str(brief.current_edition_id), state="failed", finished_at=datetime.now(UTC))
    assert start_missing_press_kits() == 0
    assert PressKit.objects.count() == 1
