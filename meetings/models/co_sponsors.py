"""Organizations that a proposal names as co-sponsors, and what each has answered."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from directory.models import StateChange
from directory.rules import readable_organizations
from meetings.enums import CO_SPONSOR_TRANSITIONS, CoSponsorState
from meetings.models.events import ThematicEvent
from meetings.rules import staff_scopes


class CoSponsorshipQuerySet(models.QuerySet["CoSponsorship"]):
    def visible_to(self, user: Any) -> "CoSponsorshipQuerySet":
        """Confirmed ones of the events that the reader may see; the others for the agencies concerned and secretariat staff."""
        rows = self.filter(event__in=ThematicEvent.objects.visible_to(user))
        if "" in staff_scopes(user):
            return rows
        own = readable_organizations(user)
        concerned = ThematicEvent.objects.filter(Q(proposed_by__in=own) | Q(co_sponsorships__organization__in=own))
        return rows.filter(Q(state=CoSponsorState.CONFIRMED) | Q(event__in=concerned.order_by().values("pk")))

    def confirmed(self) -> "CoSponsorshipQuerySet":
        return self.filter(state=CoSponsorState.CONFIRMED)


class CoSponsorship(models.Model):
    """One organization that a proposal names beside the proposing agency; only confirmed ones are shown publicly."""

    event = models.ForeignKey(ThematicEvent, models.CASCADE, related_name="co_sponsorships", verbose_name=_("thematic event"))
    organization = models.ForeignKey(
        "directory.Organization", models.PROTECT, related_name="co_sponsorships", verbose_name=_("organization")
    )
    state = models.CharField(_("state"), max_length=10, choices=CoSponsorState, default=CoSponsorState.ASKED)

    TRANSITIONS = CO_SPONSOR_TRANSITIONS
    objects = CoSponsorshipQuerySet.as_manager()

    class Meta:
        verbose_name = _("co-sponsorship")
        verbose_name_plural = _("co-sponsorships")
        ordering = ["organization__acronym", "organization__name", "pk"]
        constraints = [models.UniqueConstraint(fields=["event", "organization"], name="co_sponsor_once")]

    def __str__(self) -> str:
        return str(self.organization)


class CoSponsorshipStateChange(StateChange):
    subject = models.ForeignKey(CoSponsorship, models.CASCADE, related_name="state_changes")
