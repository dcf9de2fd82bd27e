"""Working groups: members, decisions, actions."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from directory.rules import organizations_of
from meetings.enums import ActionState, GroupRole
from meetings.rules import staff_scopes


class WorkingGroup(models.Model):
    """An interagency group that works on one or more strategies."""

    slug = models.SlugField(_("short name in addresses"), unique=True)
    name = models.CharField(_("name"), max_length=250)
    summary = models.TextField(_("summary"), max_length=1500, blank=True)
    terms_of_reference = models.TextField(_("terms of reference"), help_text=_("Paragraphs separated by blank lines."))
    strategies = models.ManyToManyField(
        "strategy.Strategy", related_name="working_groups", blank=True, verbose_name=_("strategies")
    )
    is_illustrative = models.BooleanField(_("illustrative"), default=False)

    class Meta:
        verbose_name = _("working group")
        verbose_name_plural = _("working groups")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("meetings:working_group", args=[self.slug])

    @property
    def terms(self) -> list[tuple[str, str]]:
        """The terms of reference as (heading, text): a paragraph's first short sentence is its heading."""
        rows = []
        for part in filter(None, (part.strip() for part in self.terms_of_reference.split("\n\n"))):
            heading, dot, text = part.partition(". ")
            rows.append((heading, text) if dot and len(heading) <= 40 else ("", part))
        return rows


class GroupMember(models.Model):
    """An agency's person in a group."""

    group = models.ForeignKey(WorkingGroup, models.CASCADE, related_name="members", verbose_name=_("working group"))
    organization = models.ForeignKey("directory.Organization", models.PROTECT, related_name="+", verbose_name=_("agency"))
    name = models.CharField(_("name"), max_length=200)
    role = models.CharField(_("role"), max_length=20, choices=GroupRole, default=GroupRole.MEMBER)
    position = models.PositiveSmallIntegerField(_("place in the order"), default=0)

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["group", "organization", "name"], name="member_once")]

    def __str__(self) -> str:
        return f"{self.name}, {self.organization}"


class DecisionQuerySet(models.QuerySet["Decision"]):
    def visible_to(self, user: Any) -> "DecisionQuerySet":
        """Public ones for everybody, all for the agencies of the group and secretariat staff."""
        if "" in staff_scopes(user):
            return self
        groups = GroupMember.objects.filter(organization__in=organizations_of(user)).values("group")
        return self.filter(Q(is_public=True) | Q(group__in=groups))


class Decision(models.Model):
    """What a group has decided."""

    group = models.ForeignKey(WorkingGroup, models.CASCADE, related_name="decisions", verbose_name=_("working group"))
    number = models.CharField(_("number"), max_length=20, blank=True)
    title = models.CharField(_("title"), max_length=250, blank=True)
    text = models.TextField(_("text"))
    taken_on = models.DateField(_("taken on"))
    is_public = models.BooleanField(_("public"), default=False)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["-taken_on", "-number"]

    def __str__(self) -> str:
        return f"{self.number} {self.title}".strip()


class ActionItem(models.Model):
    """What an agency has undertaken, until when."""

    group = models.ForeignKey(WorkingGroup, models.CASCADE, related_name="actions", verbose_name=_("working group"))
    number = models.PositiveSmallIntegerField(_("number"), default=1)
    text = models.TextField(_("text"))
    owner = models.ForeignKey("directory.Organization", models.PROTECT, related_name="action_items", verbose_name=_("owner"))
    due_on = models.DateField(_("due"))
    state = models.CharField(_("state"), max_length=15, choices=ActionState, default=ActionState.OPEN)

    class Meta:
        verbose_name = _("action item")
        verbose_name_plural = _("action items")
        ordering = ["due_on", "number"]

    def __str__(self) -> str:
        return self.text
