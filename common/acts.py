"""What a person is told after an act that needs no page of its own."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest

from common.access import Refused


def told(request: HttpRequest, act: Callable[[], Any], done: str) -> bool:
    """Do a verb and tell the person `done`, or the sentence of its refusal; return whether it was done."""
    try:
        act()
    except Refused as refusal:
        messages.error(request, str(refusal))
        return False
    messages.success(request, done)
    return True
