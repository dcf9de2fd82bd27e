"""Working groups: terms of reference, members, decisions, actions."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directory.enums import FOCAL_ROLES
from directory.models import StateChange
from directory.models.people import validate_name
from directory.rules import is_active_person, organizations_of, readable_organizations
from meetings.enums import ACTION_TRANSITIONS, ENDED_ACTIONS, ActionState, GroupRole
from meetings.rules import staff_scopes


class WorkingGroupQuerySet(models.QuerySet["WorkingGroup"]):
    def visible_to(self, user: Any) -> "WorkingGroupQuerySet":
        """Public ones for everybody, the others for their members and secretariat staff."""
        if "" in staff_scopes(user):
            return self
        return self.filter(Q(is_public=True) | Q(pk__in=groups_read_by(user)))


class WorkingGroup(models.Model):
    """An interagency group that works on one or more strategies."""

    slug = models.SlugField(_("short name in addresses"), unique=True)
    name = models.CharField(_("name"), max_length=250)
    summary = models.TextField(_("summary"), max_length=1500, blank=True)
    strategies = models.ManyToManyField(
        "strategy.Strategy",
        related_name="working_groups",
        blank=True,
        verbose_name=_("strategies"),
        help_text=_("What the group works on."),
    )
    is_public = models.BooleanField(
        _("public"), default=True, help_text=_("Everybody sees the group, its terms of reference and what else is marked public.")
    )
    is_illustrative = models.BooleanField(_("illustrative"), default=False)

    objects = WorkingGroupQuerySet.as_manager()

    class Meta:
        verbose_name = _("working group")
        verbose_name_plural = _("working groups")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("meetings:working_group", args=[self.slug])


class TermsVersionQuerySet(models.QuerySet["TermsVersion"]):
    def visible_to(self, user: Any) -> "TermsVersionQuerySet":
        """Those of the groups that the person sees: terms of reference are as public as their group."""
        return self.filter(group__in=WorkingGroup.objects.visible_to(user))

    def current(self) -> "TermsVersionQuerySet":
        """The newest of every group."""
        newest = TermsVersion.objects.filter(group=OuterRef("group")).order_by("-number").values("pk")[:1]
        return self.filter(pk=Subquery(newest))


class TermsVersion(models.Model):
    """Terms of reference of a group as they stood from a day on. A version is never changed: a change is the next one."""

    group = models.ForeignKey(WorkingGroup, models.CASCADE, related_name="terms_versions", verbose_name=_("working group"))
    number = models.PositiveSmallIntegerField(_("version"))
    text = models.TextField(_("terms of reference"), help_text=_("Paragraphs separated by blank lines."))
    note = models.CharField(_("what changed and why"), max_length=500, blank=True)
    adopted_on = models.DateField(_("in force from"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("recorded by")
    )
    made_at = models.DateTimeField(_("recorded"), default=timezone.now, editable=False)

    objects = TermsVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of the terms of reference")
        verbose_name_plural = _("versions of the terms of reference")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["group", "number"], name="terms_number_once")]

    def __str__(self) -> str:
        return f"{self.group}, {self.number}"

    @property
    def clauses(self) -> list[tuple[str, str]]:
        """The text as (heading, text): a paragraph's first short sentence is its heading."""
        rows = []
        for part in filter(None, (part.strip() for part in self.text.replace("\r\n", "\n").split("\n\n"))):
            heading, dot, text = part.partition(". ")
            rows.append((heading, text) if dot and len(heading) <= 40 else ("", part))
        return rows


class GroupMemberQuerySet(models.QuerySet["GroupMember"]):
    def in_force(self, on: date | None = None) -> "GroupMemberQuerySet":
        """Whose term has begun and not ended on the given day (today, UTC); the last day counts."""
        day = on or timezone.now().date()
        return self.filter(
            Q(term_from__isnull=True) | Q(term_from__lte=day),
            Q(term_to__isnull=True) | Q(term_to__gte=day),
        )

    def _themselves(self, user: Any) -> Q:
        # Administrators have no way of their own: they could otherwise name themselves and read on.
        is_person = is_active_person(user) and not user.is_superuser
        return Q(user=user) if is_person else Q(pk__in=())

    def of_reader(self, user: Any) -> "GroupMemberQuerySet":
        """The memberships today by which a person reads what is inside a group: their agencies', a grant's, their own."""
        return self.in_force().filter(Q(organization__in=readable_organizations(user)) | self._themselves(user))

    def chaired_by(self, user: Any) -> "GroupMemberQuerySet":
        return self.in_force().filter(self._themselves(user), role=GroupRole.CHAIR)

    def spoken_for_by(self, user: Any) -> set[int]:
        """The agencies in whose name the person answers here, as keys: as a focal point, or as their member by account."""
        own = Q(organization__in=organizations_of(user, FOCAL_ROLES)) | self._themselves(user)
        return set(self.in_force().filter(own).values_list("organization", flat=True))

    def agencies_of(self, user: Any) -> set[int]:
        """The agencies that the person stands for in these groups by account, as keys."""
        return set(self.in_force().filter(self._themselves(user)).values_list("organization", flat=True))


class GroupMember(models.Model):
    """An agency's person in a group, for a term. A term that has ended stays as history."""

    group = models.ForeignKey(WorkingGroup, models.CASCADE, related_name="members", verbose_name=_("working group"))
    organization = models.ForeignKey("directory.Organization", models.PROTECT, related_name="+", verbose_name=_("agency"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="group_terms",
        null=True,
        blank=True,
        verbose_name=_("account"),
        help_text=_("Where the person has one: only then can they confirm minutes and chair on the portal."),
    )
    name = models.CharField(_("name"), max_length=200, validators=[validate_name])
    email = models.EmailField(_("e-mail address"), blank=True, help_text=_("Where messages go to somebody without an account."))
    role = models.CharField(_("role"), max_length=20, choices=GroupRole, default=GroupRole.MEMBER)
    term_from = models.DateField(_("term from"), null=True, blank=True)
    term_to = models.DateField(_("term to"), null=True, blank=True, help_text=_("The last day. Empty: until further notice."))
    position = models.PositiveSmallIntegerField(_("place in the order"), default=0)

    objects = GroupMemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(term_from__isnull=True) | Q(term_to__isnull=True) | Q(term_to__gte=F("term_from")),
                name="term_ends_after_it_begins",
                violation_error_message=_("A term cannot end before it begins."),
            ),
            models.UniqueConstraint(
                fields=["group", "organization", "user"],
                condition=Q(user__isnull=False, term_to__isnull=True),
                name="one_open_term_per_person",
                violation_error_message=_("This person has a term in this group that has not ended."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.organization}"

    @property
    def is_over(self) -> bool:
        return self.term_to is not None and self.term_to < timezone.now().date()

    @property
    def is_ahead(self) -> bool:
        return self.term_from is not None and self.term_from > timezone.now().date()


def groups_read_by(user: Any) -> "models.QuerySet[GroupMember, int]":
    """Keys of the groups of which the person reads the inside; for the `visible_to` of what belongs to a group."""
    if user is None or not user.is_authenticated:
        return GroupMember.objects.none().values_list("group", flat=True)
    return GroupMember.objects.of_reader(user).values_list("group", flat=True)


def groups_chaired_by(user: Any) -> "models.QuerySet[GroupMember, int]":
    """Keys of the groups that the person chairs."""
    if user is None or not user.is_authenticated:
        return GroupMember.objects.none().values_list("group", flat=True)
    return GroupMember.objects.chaired_by(user).values_list("group", flat=True)


def _public_or_inside(user: Any) -> Q:
    return Q(is_public=True, group__is_public=True) | Q(group__in=groups_read_by(user))


class DecisionQuerySet(models.QuerySet["Decision"]):
    def visible_to(self, user: Any) -> "DecisionQuerySet":
        """Public ones for everybody, all for the agencies of the group and secretariat staff."""
        return self if "" in staff_scopes(user) else self.filter(_public_or_inside(user))


class Decision(models.Model):
    """What a group has decided."""

    group = models.ForeignKey(WorkingGroup, models.CASCADE, related_name="decisions", verbose_name=_("working group"))
    meeting = models.ForeignKey(
        "meetings.Meeting", models.PROTECT, related_name="decisions", null=True, blank=True, verbose_name=_("taken at")
    )
    number = models.CharField(_("number"), max_length=20, blank=True)
    title = models.CharField(_("title"), max_length=250, blank=True)
    text = models.TextField(_("text"))
    taken_on = models.DateField(_("taken on"))
    is_public = models.BooleanField(_("public"), default=False)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["-taken_on", "-number", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["group", "number"], condition=~Q(number=""), name="decision_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}".strip()


class ActionItemQuerySet(models.QuerySet["ActionItem"]):
    def visible_to(self, user: Any) -> "ActionItemQuerySet":
        """Public ones for everybody, all for the agencies of the group and secretariat staff, an agency's own whatever comes."""
        if "" in staff_scopes(user):
            return self
        return self.filter(_public_or_inside(user) | Q(owner__in=readable_organizations(user)))

    def unfinished(self) -> "ActionItemQuerySet":
        return self.exclude(state__in=ENDED_ACTIONS)


class ActionItem(models.Model):
    """What an agency has undertaken, until when."""

    group = models.ForeignKey(WorkingGroup, models.CASCADE, related_name="actions", verbose_name=_("working group"))
    meeting = models.ForeignKey(
        "meetings.Meeting", models.PROTECT, related_name="actions", null=True, blank=True, verbose_name=_("agreed at")
    )
    number = models.PositiveSmallIntegerField(_("number"), default=1)
    text = models.TextField(_("text"))
    owner = models.ForeignKey("directory.Organization", models.PROTECT, related_name="action_items", verbose_name=_("owner"))
    person = models.ForeignKey(
        GroupMember,
        models.SET_NULL,
        related_name="actions",
        null=True,
        blank=True,
        verbose_name=_("person"),
        help_text=_("Who of the agency does it. Only the group sees the name."),
    )
    due_on = models.DateField(_("due"))
    is_public = models.BooleanField(_("public"), default=False)
    state = models.CharField(_("state"), max_length=15, choices=ActionState, default=ActionState.OPEN)

    TRANSITIONS = ACTION_TRANSITIONS
    objects = ActionItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("action item")
        verbose_name_plural = _("action items")
        ordering = ["due_on", "number"]

    def __str__(self) -> str:
        return self.text

    def get_absolute_url(self) -> str:
        return reverse("meetings:action", args=[self.pk])

    @property
    def is_overdue(self) -> bool:
        return self.state not in ENDED_ACTIONS and self.due_on < timezone.now().date()


class ActionItemStateChange(StateChange):
    subject = models.ForeignKey(ActionItem, models.CASCADE, related_name="state_changes")


def next_numbers(taken: Iterator[str] | list[str], year: int) -> str:
    """The next number of a year's row, "2017/5" after "2017/4"."""
    used = [int(number.partition("/")[2]) for number in taken if number.startswith(f"{year}/") and number[5:].isdigit()]
    return f"{year}/{max(used, default=0) + 1}"
