"""What pages of the kernel say about mail, which the kernel knows nothing of. `{% load mail %}`."""

from typing import Any

from django import template

from notifications.models import AddressTrouble

register = template.Library()


@register.inclusion_tag("notifications/_address_notice.html")
def address_notice(user: Any) -> dict[str, Any]:
    """A notice where mail to the person's own address comes back for good; nothing otherwise."""
    return {"trouble": AddressTrouble.objects.at_address(user.email).filter(is_permanent=True).first()}
