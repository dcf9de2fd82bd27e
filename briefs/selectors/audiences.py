"""Lists of people of briefs that the secretariat can write to."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from briefs.models import Brief, BriefAgency
from directory.models import Membership, User
from notifications.audiences import Choice, audience


def _briefs(by: Any) -> list[tuple[str, str]]:
    return [(brief.slug, brief.title) for brief in Brief.objects.visible_to(by).order_by("-pk")]


@audience("briefs.co_authors", _("Co-authors of a brief"), Choice("brief", _("Policy brief"), _briefs))
def co_authors(by: Any, chosen: Mapping[str, Any]) -> Iterable[User]:
    """Everybody who serves in an agency that writes the brief."""
    brief = Brief.objects.visible_to(by).filter(slug=chosen["brief"]).first()
    if brief is None:
        return User.objects.none()
    agencies = BriefAgency.objects.filter(brief=brief).values("organization")
    serving = Membership.objects.in_force().filter(organization__in=agencies)
    return serving.people()
