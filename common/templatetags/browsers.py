"""What a browser says of itself, in words that its owner recognizes. `{% load browsers %}`."""

from django import template
from ua_parser import parse

register = template.Library()


@register.filter
def browser(user_agent: str) -> str:
    """The names of browser and system, such as “Firefox, Ubuntu”; what the browser said itself where neither is known."""
    known = parse(user_agent or "")
    names = [part.family for part in (known.user_agent, known.os) if part]
    return ", ".join(names) or user_agent
