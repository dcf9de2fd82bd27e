"""Kinds of message that only tests send, and their templates."""

from pathlib import Path
from typing import Any

from notifications.kinds import Kind, register

BODY = "{% autoescape off %}about {{ name }}.{% endautoescape %}"
PLAIN = register(Kind("tests.plain", subject="About %(name)s", action="Open", group="Tests", label="Something plain"))
PERSONAL = register(Kind("tests.personal", subject="For you: %(name)s", action="Open", group="Tests", label="Something personal"))
REQUIRED = register(
    Kind("tests.required", subject="Silence: %(name)s", action="Object", group="Tests", label="A silence notice", required=True)
)
CONFIDENTIAL = register(Kind("tests.confidential", subject="Secret %(name)s", group="Tests", label="A secret", confidential=True))
HIDING = register(
    Kind(
        "tests.hiding",
        subject="Hidden %(name)s",
        group="Tests",
        label="What may be hidden",
        is_visible=lambda row: not row.context["name"].startswith("gone"),
    )
)
UNMAKEABLE = register(Kind("tests.unmakeable", subject="%(missing)s", group="Tests", label="What cannot be made"))


def use_templates(settings: Any, folder: Path) -> None:
    """Put the templates of these kinds where Django finds them."""
    place = folder / "emails" / "tests"
    place.mkdir(parents=True)
    for name in ("plain", "required", "confidential", "hiding", "unmakeable"):
        (place / f"{name}.txt").write_text(BODY)
    (place / "personal.txt").write_text("Dear {{ recipient.given_name }}, " + BODY)
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [*settings.TEMPLATES[0]["DIRS"], folder]}]
