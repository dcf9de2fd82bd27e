"""Who took somebody's data along."""

from typing import Any

from django.contrib.admin.models import LogEntry

from meetings.models import Registration

EXPORTED = "Personal data exported."


def exports_of(registration: Registration) -> list[Any]:
    """The lines of the log about exports of this registration, newest first."""
    rows = LogEntry.objects.filter(
        content_type__app_label="meetings",
        content_type__model="registration",
        object_id=str(registration.pk),
        change_message=EXPORTED,
    )
    return list(rows.select_related("user").order_by("-action_time", "-pk"))
