"""One account per address, whatever its case and letters; names that cannot write into a mail."""

import importlib
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from directory.models import User
from directory.models.people import printable
from tests.factories.directory import UserFactory

pytestmark = pytest.mark.django_db

TWIN = "amına@test.example"  # Turkish i without a dot


def test_account_of_an_address_that_looks_like_anothers_is_refused_by_the_database() -> None:
    UserFactory(email="amina@test.example")
    with pytest.raises(IntegrityError):
        UserFactory(email=TWIN)


def test_key_follows_the_address_however_it_is_written() -> None:
    user = UserFactory(email="amina@test.example")
    user.email = "Amina.Diallo@test.example"
    user.save(update_fields=["email"])
    user.refresh_from_db()
    assert user.email_key == "amina.diallo@test.example"
    User.objects.filter(pk=user.pk).update(email="A.D@test.example")
    user.refresh_from_db()
    assert user.email_key == "a.d@test.example"
    User.objects.bulk_create([User(email="Bulk@Test.example")])
    assert User.objects.get(email="Bulk@Test.example").email_key == "bulk@test.example"


def test_saving_another_field_leaves_the_address_alone() -> None:
    user = UserFactory()
    user.given_name = "Awa"
    user.save(update_fields=["given_name"])
    user.refresh_from_db()
    assert user.given_name == "Awa"


def test_form_says_that_the_address_is_taken() -> None:
    UserFactory(email="amina@test.example")
    with pytest.raises(ValidationError) as refused:
        User(email=TWIN, password="x").full_clean()
    assert "looks like it" in str(refused.value.message_dict["email"])


def test_own_address_is_not_taken_for_a_double() -> None:
    UserFactory(email="amina@test.example").full_clean()


def test_account_is_known_by_a_look_alike_address() -> None:
    user = UserFactory(email="amina@test.example")
    assert list(User.objects.known_by("AMINA@Test.example")) == [user]
    assert list(User.objects.known_by(TWIN)) == [user]
    assert not User.objects.known_by("amina2@test.example").exists()


def test_sign_in_finds_the_account_by_the_index_of_addresses() -> None:
    """With sequential reading forbidden, PostgreSQL must still know a way: at a million people it is the only one."""
    user = UserFactory(email="Amina@test.example")
    with CaptureQueriesContext(connection) as asked:
        assert User.objects.get_by_natural_key("AMINA@Test.example") == user
    assert "UPPER" not in asked[0]["sql"]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {asked[0]['sql']}")
        assert "user_email_once_whatever_its_case" in str(cursor.fetchall())
    with pytest.raises(User.DoesNotExist):
        User.objects.get_by_natural_key(TWIN)


BAD_NAMES = [
    "Amina\r\nBcc: all@test.example",
    "Amina\nX",
    "Amina\x00",
    "Amina\x85X",
    "Amina\u2028X",
    "Amina\u202eanimA",
    "Amina\u2066X",
]


@pytest.mark.parametrize("name", [*BAD_NAMES, "Ami\u200bna", "Ami\u00adna"])
@pytest.mark.parametrize("field", ["given_name", "family_name"])
def test_name_with_line_breaks_or_invisible_characters_is_refused(field: str, name: str) -> None:
    user = UserFactory()
    setattr(user, field, name)
    with pytest.raises(ValidationError) as refused:
        user.full_clean()
    assert "line breaks or invisible characters" in str(refused.value.message_dict[field])


@pytest.mark.parametrize("name", [name for name in BAD_NAMES if "\x00" not in name])
def test_such_a_name_does_not_get_past_the_database_either(name: str) -> None:
    user = UserFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=user.pk).update(family_name=name)


@pytest.mark.parametrize("name", ["می\u200cخواهم", "क्\u200dष", "Đỗ Thị", "O’Neill-Šuša", "李小龍", "N'Diaye", ""])
def test_names_of_the_world_are_welcome(name: str) -> None:
    user = UserFactory()
    user.family_name = name
    user.full_clean()
    user.save()


def test_name_given_by_another_system_is_made_one_line() -> None:
    assert printable("Amina\r\nBcc: x\u202e  Diallo") == "Amina Bcc: x Diallo"


def test_migration_writes_keys_cleans_names_and_stops_at_doubles() -> None:
    fill = importlib.import_module("directory.migrations.0004_addresses_known_by_key_names_printable").fill
    people = [
        SimpleNamespace(pk=1, email="A@test.example", given_name="Ami\nna", family_name="D"),
        SimpleNamespace(pk=2, email="b@test.example", given_name="", family_name=""),
    ]
    written: list[SimpleNamespace] = []
    manager = SimpleNamespace(
        order_by=lambda name: SimpleNamespace(iterator=lambda: iter(people)),
        bulk_update=lambda rows, *a, **k: written.extend(rows),
    )
    old_apps = SimpleNamespace(get_model=lambda *names: SimpleNamespace(objects=manager))
    fill(old_apps, None)
    assert [(one.email_key, one.given_name) for one in written] == [("a@test.example", "Ami na"), ("b@test.example", "")]
    people[1].email = "a@TEST.example"
    with pytest.raises(RuntimeError, match="Accounts 1 and 2"):
        fill(old_apps, None)


def test_administrator_is_told_that_a_new_accounts_address_is_taken(cast: Any, sign_in: Any) -> None:
    UserFactory(email="amina@test.example")
    page = sign_in(cast.administrator).post("/admin/directory/user/add/", {"email": TWIN})
    assert "or one that looks like it" in page.content.decode()
    assert not User.objects.filter(email=TWIN).exists()
