"""What every page may use."""

from functools import lru_cache, partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from directory.models import DemoLoad
from notifications.selectors.inbox import MOST_COUNTED, unread_count
from ssc_portal.mailbox import mailbox_url


@lru_cache(maxsize=1)
def _demo_shift() -> int:
    return DemoLoad.objects.values_list("shift_weeks", flat=True).latest("loaded_at")


def demo_notice() -> str:
    """One discreet line on demo pages: how far the dates are shifted, and the true ones."""
    if not settings.DEMO:
        return ""
    try:
        weeks = _demo_shift()
    except DemoLoad.DoesNotExist:
        return ""
    return _(
        "Demonstration: the Antalya meeting took place on 29 and 30 November 2017; every date here is moved by %(weeks)d weeks. "
        "What agencies, States and people say here is illustrative."
    ) % {"weeks": weeks}


def _unread(request: HttpRequest) -> str:
    """How many messages the signed-in reader has not opened, for the head of the page; empty if none. One bounded count."""
    count = unread_count(request.user)
    return f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count or "")


def portal(request: HttpRequest) -> dict[str, Any]:
    """The demo line and, in the demo, the mailbox of the address that this visitor just used; whether there is a single
    sign-on; how many messages are unread, counted only where the page asks."""
    return {
        "demo_notice": demo_notice(),
        "demo_mailbox_url": mailbox_url(request),
        "sign_on_offered": bool(settings.SOCIALACCOUNT_PROVIDERS),
        "unread_messages": partial(_unread, request),
    }
