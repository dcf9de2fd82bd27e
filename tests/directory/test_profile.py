"""A person's own profile: name, language, clock, photo."""

import io
import zlib
from pathlib import Path
from struct import pack
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from PIL import Image

from directory.models import StoredFile, User
from directory.services.files import store_file
from directory.services.photos import LARGEST, SIDE, set_photo
from tests.factories.directory import UserFactory, person

pytestmark = pytest.mark.django_db

PROFILE = {"given_name": "Amina", "family_name": "Diallo", "language": "fr", "time_zone": "Africa/Dakar"}


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    options = {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path / "media", "base_url": None}}
    settings.STORAGES = {**settings.STORAGES, "default": options}


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def picture(
    kind: str = "PNG", size: tuple[int, int] = (900, 600), mode: str = "RGB", colour: Any = "teal", **options: Any
) -> bytes:
    kept = io.BytesIO()
    Image.new(mode, size, colour).save(kept, kind, **options)
    return kept.getvalue()


def send(user: User, content: bytes, name: str = "me.png", mime: str = "image/png") -> Any:
    return client_of(user).post(reverse("directory:change_photo"), {"photo": SimpleUploadedFile(name, content, mime)})


def files_on_disk(settings: Any) -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


# --- name, language, clock ---------------------------------------------------------------------------------------------


def test_profile_is_saved() -> None:
    user = UserFactory()
    assert client_of(user).post("/accounts/profile/", {**PROFILE, "family_name_first": "on"}).status_code == 302
    user.refresh_from_db()
    assert (user.full_name, user.language, user.time_zone) == ("Diallo Amina", "fr", "Africa/Dakar")


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("time_zone", "Mars/Olympus", "Select a valid choice"),
        ("language", "tlh", "Select a valid choice"),
        ("given_name", "Amina\r\nBcc: all@test.example", "line breaks or invisible characters"),
        ("family_name", "Dia\u202ello", "line breaks or invisible characters"),
        ("given_name", "A" * 121, "at most 120 characters"),
    ],
)
def test_refused_profile_says_why_and_changes_nothing(field: str, value: str, words: str) -> None:
    user = UserFactory(given_name="Old", family_name="Name")
    response = client_of(user).post("/accounts/profile/", {**PROFILE, field: value})
    assert response.status_code == 400
    assert words in response.content.decode()
    user.refresh_from_db()
    assert user.full_name == "Old Name"


def test_page_leads_to_every_page_of_the_account() -> None:
    page = client_of(person("focal_point", "undp")).get("/accounts/profile/").content.decode()
    for name in ("account_email", "account_change_password", "mfa_index", "usersessions_list"):
        assert f'href="{reverse(name)}"' in page
    assert "Organization undp" in page
    assert reverse("socialaccount_connections") not in page  # no single sign-on here


def test_queries_of_the_page(django_assert_num_queries: Any) -> None:
    client = client_of(person("focal_point", "undp"))
    # session, person, as kept, memberships, trouble with the address, unread messages, the demo's line
    with django_assert_num_queries(7):
        client.get("/accounts/profile/")


def test_visitor_signs_in_first() -> None:
    for name in ("directory:profile", "directory:change_photo", "directory:remove_photo"):
        response = Client().post(reverse(name))
        assert response.status_code == 302
        assert response.url.startswith("/accounts/login/")


# --- photo -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (picture("JPEG"), "me.JPG"),
        (picture("PNG", mode="RGBA", colour=(0, 0, 0, 0)), "me.png"),
        (picture("PNG", mode="P", colour=1), "me.png"),
        (picture("PNG", mode="I;16", colour=7), "me.png"),
        (picture("WEBP"), "me.webp"),
        (picture("JPEG", mode="CMYK", colour=0), "me.jpeg"),
    ],
)
def test_photo_is_kept_small_and_square(content: bytes, name: str) -> None:
    user = UserFactory()
    assert send(user, content, name).status_code == 302
    user.refresh_from_db()
    assert user.photo is not None
    kept = Image.open(user.photo.file)
    assert (kept.format, kept.size) == ("WEBP", (SIDE, SIDE))
    assert user.photo.size < 20_000


def test_transparent_parts_become_white() -> None:
    user = UserFactory()
    send(user, picture(mode="RGBA", colour=(200, 0, 0, 0)))
    user.refresh_from_db()
    assert Image.open(user.photo.file).convert("RGB").getpixel((5, 5)) == (255, 255, 255)


def test_place_and_device_are_taken_out_and_the_picture_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    exif[0x010F] = "SpyCam 3000"
    turned = Image.new("RGB", (900, 900), "black")
    turned.paste("white", (0, 0, 900, 450))  # the upper half; the right one when upright
    kept = io.BytesIO()
    turned.save(kept, "JPEG", exif=exif)
    user = UserFactory()
    send(user, kept.getvalue(), "me.jpg", "image/jpeg")
    user.refresh_from_db()
    content = user.photo.file.read()
    assert b"SpyCam" not in content
    shown = Image.open(io.BytesIO(content)).convert("RGB")
    assert not shown.getexif()
    assert shown.getpixel((500, 250))[0] > 200
    assert shown.getpixel((10, 250))[0] < 50


def test_what_hides_behind_a_picture_is_left_behind() -> None:
    """A polyglot: a picture to one reader, a page with a script or an archive to another."""
    user = UserFactory()
    send(user, picture("PNG") + b"<script>alert(1)</script>PK\x03\x04", "me.png")
    user.refresh_from_db()
    content = user.photo.file.read()
    assert b"script" not in content
    assert b"PK\x03\x04" not in content


def claimed(width: int, height: int) -> bytes:
    """A PNG of a few bytes that claims to be as large as told."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return pack(">I", len(data)) + name + data + pack(">I", zlib.crc32(name + data))

    head = pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 999)) + chunk(b"IEND", b"")


NOT_A_PICTURE = "not a picture that we can read"
BAD = [
    pytest.param(b"Not a picture at all", "me.png", NOT_A_PICTURE, id="text"),
    pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "me.svg", NOT_A_PICTURE, id="svg"),
    pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "me.png", NOT_A_PICTURE, id="svg with a false name"),
    pytest.param(b"%PDF-1.7\n" + b"x" * 100, "me.jpg", NOT_A_PICTURE, id="pdf"),
    pytest.param(b"GIF89a/*" + b"\0" * 50 + b"*/=1;alert(1)", "me.png", NOT_A_PICTURE, id="gif and script"),
    pytest.param(picture("GIF"), "me.gif", NOT_A_PICTURE, id="gif"),
    pytest.param(picture("BMP"), "me.png", NOT_A_PICTURE, id="bitmap"),
    pytest.param(picture("JPEG"), "me.png", "does not fit what the file holds", id="false type"),
    pytest.param(picture("PNG"), "me.html", "does not fit what the file holds", id="false ending"),
    pytest.param(picture("PNG"), "me", "does not fit what the file holds", id="no ending"),
    pytest.param(picture("PNG", size=(900, 900))[:-300], "me.png", "damaged", id="cut off"),
    pytest.param(claimed(300, 300), "me.png", "damaged", id="too few pixels"),
    pytest.param(claimed(9000, 9000), "me.png", "million pixels", id="large bomb"),
    pytest.param(claimed(60_000, 60_000), "me.png", "million pixels", id="decompression bomb"),
    pytest.param(b"", "me.png", "The file is empty", id="empty"),
    pytest.param(picture("PNG") + b"\0" * LARGEST, "me.png", "5.0\xa0MB is the most", id="above the limit"),
    pytest.param(b"\xff\xd8" + b"\0" * 10_000_000, "me.jpg", "9.5\xa0MB; 5.0\xa0MB is the most", id="10 MB"),
]


@pytest.mark.parametrize(("content", "name", "words"), BAD)
def test_what_is_no_bearable_picture_is_refused(content: bytes, name: str, words: str, settings: Any) -> None:
    user = UserFactory()
    before = store_file(content=b"before", mime="image/webp")
    User.objects.filter(pk=user.pk).update(photo=before)
    response = send(user, content, name)
    assert response.status_code == 400
    assert words in response.content.decode()
    user.refresh_from_db()
    assert user.photo == before
    assert len(files_on_disk(settings)) == 1


def test_upload_beyond_every_limit_is_refused_in_words() -> None:
    response = send(UserFactory(), b"\0" * (26 * 1024 * 1024), "me.png")
    assert response.status_code == 400
    assert "more than 25 MB; 5 MB is the most" in response.content.decode()
    assert not StoredFile.objects.exists()


def test_no_file_at_all_is_refused_in_words() -> None:
    client = client_of(UserFactory())
    response = client.post(reverse("directory:change_photo"), {})
    assert response.status_code == 400
    assert "Choose a picture first." in response.content.decode()


def test_picture_sent_as_text_is_refused_in_words() -> None:
    client = client_of(UserFactory())
    client.raise_request_exception = False
    response = client.post(reverse("directory:change_photo"), {"photo": "x" * 10_000_000})
    assert response.status_code == 400
    assert "too large" in response.content.decode()


@pytest.mark.django_db(transaction=True)
def test_old_file_goes_when_the_photo_is_replaced_or_removed(settings: Any) -> None:
    user = UserFactory()
    send(user, picture(colour="red"))
    first = files_on_disk(settings)
    send(user, picture(colour="blue"))
    second = files_on_disk(settings)
    assert (len(first), len(second)) == (1, 1)
    assert first != second
    assert client_of(user).post(reverse("directory:remove_photo")).status_code == 302
    user.refresh_from_db()
    assert user.photo is None
    assert (StoredFile.objects.count(), files_on_disk(settings)) == (0, [])


@pytest.mark.django_db(transaction=True)
def test_file_that_another_person_uses_stays(settings: Any) -> None:
    one, other = UserFactory(), UserFactory()
    for user in (one, other):
        send(user, picture())
    set_photo(person=one, content=None)
    assert len(files_on_disk(settings)) == 1
    other.refresh_from_db()
    assert other.photo is not None


def test_same_photo_again_keeps_its_file(settings: Any) -> None:
    user = UserFactory()
    for _ in range(2):
        assert send(user, picture()).status_code == 302
    assert len(files_on_disk(settings)) == 1


def test_removing_no_photo_does_no_harm() -> None:
    assert client_of(UserFactory()).post(reverse("directory:remove_photo")).status_code == 302


def test_photo_is_for_people_who_are_signed_in() -> None:
    user = UserFactory()
    send(user, picture())
    path = reverse("directory:photo", args=[user.pk])
    assert Client().get(path).status_code == 302
    shown = client_of(UserFactory()).get(path)
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/webp")
    assert shown["Cache-Control"].startswith("private")
    assert shown["X-Content-Type-Options"] == "nosniff"
    assert b"".join(shown.streaming_content).startswith(b"RIFF")


def test_no_photo_is_not_found() -> None:
    closed = UserFactory(is_active=False, photo=store_file(content=b"x", mime="image/webp"))
    client = client_of(UserFactory())
    for pk in (UserFactory().pk, closed.pk, 10**9):
        assert client.get(reverse("directory:photo", args=[pk])).status_code == 404


def test_photo_is_shown_on_the_profile_and_beside_the_name() -> None:
    user = UserFactory()
    assert "<img" not in render_to_string("components/person.html", {"person": user})
    assert "<img" not in render_to_string("components/person.html", {"person": "A name only"})
    send(user, picture())
    user.refresh_from_db()
    address = f'src="{reverse("directory:photo", args=[user.pk])}?v={user.photo_id}"'
    assert address in client_of(user).get("/accounts/profile/").content.decode()
    assert address in render_to_string("components/person.html", {"person": user})
