"""What all tests share: the demo's cast of people, each signed in with a client of their own."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import translation

from common import dispatch
from directory import page_versions, public_pages
from directory.enums import Role
from directory.models import User
from ssc_portal import context
from tests.factories.directory import UserFactory, person


@pytest.fixture(autouse=True)
def _fresh_process_state() -> None:
    """No test inherits kept pages, open circuit breakers, rate limits or how far an earlier demo was shifted."""
    public_pages.room.clear()
    public_pages.room_of_queries.clear()
    page_versions.breaker.reset()
    dispatch.breaker.reset()
    cache.clear()
    context._demo_shift.cache_clear()


@pytest.fixture(autouse=True)
def _mail_in_files(settings: Any, tmp_path: Path) -> None:
    """Mail is really written, as in the demo; Django's test runner would keep it in memory."""
    settings.EMAIL_BACKEND = "common.mail_files.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"


@dataclass(frozen=True)
class Cast:
    """The people of the demo by role. `outsider` has an account and nothing else."""

    administrator: User
    secretariat: User
    drafter: User
    focal_undp: User
    focal_fao: User
    focal_who: User
    contributor_undp: User
    focal_samoa: User
    outsider: User

    def everyone(self) -> dict[str, User]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


@pytest.fixture
def cast(db: Any) -> Cast:
    return Cast(
        administrator=UserFactory(is_staff=True, is_superuser=True),
        secretariat=person(Role.STAFF, "unossc"),
        drafter=person(Role.DRAFTER, "unossc"),
        focal_undp=person(Role.FOCAL_POINT, "undp"),
        focal_fao=person(Role.FOCAL_POINT, "fao"),
        focal_who=person(Role.FOCAL_POINT, "who"),
        contributor_undp=person(Role.CONTRIBUTOR, "undp"),
        focal_samoa=person(Role.FOCAL_POINT, "samoa"),
        outsider=person(),
    )


@pytest.fixture
def sign_in() -> Any:
    """Return a function that gives a client signed in as a person; without one, a visitor."""

    def client_of(user: User | None = None) -> Client:
        client = Client()
        if user is not None:
            client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return client_of


@pytest.fixture(autouse=True)
def own_language() -> Iterator[None]:
    """A page asked for in Arabic leaves its language to the thread; the next test begins in English."""
    with translation.override("en"):
        yield
