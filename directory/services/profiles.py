"""What a person says about themselves."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from directory.announcements import time_zone_changed
from directory.models import User


@transaction.atomic
def change_profile(*, person: User, values: Mapping[str, Any]) -> None:
    """Keep new values of a person's name, language and time zone; a new time zone is announced.

    The account may have been closed or erased since it was read: then nothing of it comes back.
    """
    rows = User.objects.filter(pk=person.pk, is_active=True)
    before = rows.select_for_update(no_key=True).first()
    if before is None:
        return
    rows.update(**values)
    now = rows.get()
    if now.time_zone != before.time_zone:
        time_zone_changed.send(sender=User, person=now)
