"""What the portal holds about a person, app by app: for taking along and for erasure."""

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from briefs.selectors.personal import data_of_person as data_of_briefs
from briefs.services.personal import erase_person as erase_in_briefs
from common.mail_files import forget_messages
from directory.models import User
from directory.services.erasure import check_erasable, close_account, leave, traces_of
from directory.services.personal import data_of_person as data_of_directory
from directory.services.traces import Traces
from meetings.selectors import data_of_person as data_of_meetings
from meetings.selectors.programme_personal import programmes_of_person
from meetings.services.personal import erase_person as erase_in_meetings
from meetings.services.personal import files_of_person as files_of_meetings
from meetings.services.personal import traces_in_meetings
from notifications.messages.access import no_focal_point
from notifications.services.personal import data_of_person as data_of_notifications
from notifications.services.personal import erase_person as erase_in_notifications
from solutions.services.personal import data_of_person as data_of_solutions
from solutions.services.personal import erase_person as erase_in_solutions
from strategy.services.personal import data_of_person as data_of_strategy
from strategy.services.personal import erase_person as erase_in_strategy

SOURCES: dict[str, Callable[[User], Any]] = {
    "account": data_of_directory,
    "meetings": data_of_meetings,
    "programmes": programmes_of_person,
    "briefs": data_of_briefs,
    "solutions": data_of_solutions,
    "strategy": data_of_strategy,
    "notifications": data_of_notifications,
}
# Notifications come last: what the others' verbs write to people is emptied with the rest.
ERASERS: tuple[Callable[..., None], ...] = (
    erase_in_meetings,
    erase_in_briefs,
    erase_in_solutions,
    erase_in_strategy,
    erase_in_notifications,
)


def data_of(user: User) -> dict[str, Any]:
    """Everything held about `user` as JSON, by app."""
    return {name: source(user) for name, source in SOURCES.items()}


def archive_of(user: User) -> bytes:
    """A ZIP with the data as JSON, one file for each app, and the person's files."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", _readme(user))
        for name, data in data_of(user).items():
            archive.writestr(f"{name}.json", json.dumps(data, ensure_ascii=False, indent=2))
        for name, content in files_of_meetings(user).items():
            archive.writestr(f"meetings/{name}", content)
        if user.photo:
            ending = user.photo.mime.partition("/")[2] or "bin"
            with user.photo.file.open("rb") as photo:
                archive.writestr(f"photo.{ending}", photo.read())
    return target.getvalue()


def _readme(user: User) -> str:
    return _(
        "The data that %(portal)s holds about %(email)s.\n\n"
        "Each .json file is one part of the portal. The other files are yours: calendar entries of registrations, your photo.\n"
        "Words that are internal to an organization that you have left are not included; when you wrote them is.\n"
    ) % {"portal": settings.PUBLIC_URL, "email": user.email}


@transaction.atomic
def erase(*, user: User, by: User, reason: str = "") -> None:
    """Erase a person for good: names, addresses, messages and files go, what was done in an agency's name stays whole.

    Raises:
        Refused: the last administrator, an account erased already, another's account without a reason.
    """
    itself = by.pk == user.pk
    user = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    by = user if itself else by
    check_erasable(user=user, by=by, reason=reason)
    traces: Traces = traces_in_meetings(user=user, traces=traces_of(user))
    for organization in leave(user=user, traces=traces):
        no_focal_point(organization=organization, cause=f"erasure {user.pk} organization {organization.pk}")
    for eraser in ERASERS:
        eraser(user=user, traces=traces)
    close_account(user=user, by=by, reason=reason, traces=traces)
    transaction.on_commit(lambda: forget_messages(traces.addresses, traces.found_in))
