"""Verbs of calls for thematic events."""

from collections.abc import Collection, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from common.access import Refused, require
from directory.models import Theme
from directory.page_versions import bump
from directory.services.state import locked
from meetings.models import EventCall


@transaction.atomic
def save_event_call(*, call: EventCall | None, by: Any, values: Mapping[str, Any], themes: Collection[Theme] = ()) -> EventCall:
    """Make or change a call. A lower limit takes nothing back: it holds for the next proposals."""
    if call is None:
        require(by, "meetings.edit_eventcall")
        call = EventCall()
    else:
        call = locked(call)
        require(by, "meetings.edit_eventcall", call)
    for name, value in values.items():
        setattr(call, name, value)
    if EventCall.objects.exclude(pk=call.pk).filter(slug=call.slug).exists():
        raise Refused(_("Another call has this short name. Choose another one."))
    try:
        call.full_clean(validate_unique=False)
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from None
    call.save()
    call.themes.set(themes)
    bump("meetings")
    return call
