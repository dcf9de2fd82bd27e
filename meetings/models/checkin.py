"""What happened at the desks of a meeting."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from meetings.enums import ScanKind
from meetings.models.meetings import SCOPE, Meeting
from meetings.models.registration import Registration
from meetings.rules import staff_scopes


class ScanQuerySet(models.QuerySet["Scan"]):
    def visible_to(self, user: Any) -> "ScanQuerySet":
        """Those of a meeting for its secretariat staff."""
        scopes = staff_scopes(user)
        if "" in scopes:
            return self
        return self.filter(meeting__slug__in=[scope.removeprefix(SCOPE) for scope in scopes if scope.startswith(SCOPE)])

    def standing(self) -> "ScanQuerySet":
        """Check-ins that nobody took back, the one that counts first."""
        return self.filter(kind=ScanKind.CHECK_IN, undone_by__isnull=True).order_by("scanned_at", "pk")


class Scan(models.Model):
    """One act at a desk: somebody came, or a check-in was taken back. Rows are added and never change.

    The same person may be scanned at two desks, one of them without a connection: both rows stay, and the earliest that
    nobody took back counts. In whatever order the desks report, the answer is the same.
    """

    client_id = models.UUIDField(
        _("number given by the device"),
        unique=True,
        default=uuid.uuid4,
        editable=False,
        help_text=_("The same number never counts twice."),
    )
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="scans", verbose_name=_("meeting"))
    registration = models.ForeignKey(Registration, models.PROTECT, related_name="scans", verbose_name=_("registration"))
    kind = models.CharField(_("kind"), max_length=10, choices=ScanKind, default=ScanKind.CHECK_IN)
    undoes = models.OneToOneField(
        "self", models.PROTECT, related_name="undone_by", null=True, blank=True, verbose_name=_("takes back")
    )
    desk = models.CharField(_("desk"), max_length=40)
    code_hash = models.CharField(_("hash of what was scanned"), max_length=64, blank=True)
    scanned_at = models.DateTimeField(_("scanned"), help_text=_("By the clock of the device, never later than received."))
    received_at = models.DateTimeField(_("received"), default=timezone.now, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    objects = ScanQuerySet.as_manager()

    class Meta:
        verbose_name = _("scan")
        verbose_name_plural = _("scans")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=ScanKind.CHECK_IN, undoes__isnull=True)
                | (Q(kind=ScanKind.UNDO, undoes__isnull=False) & ~Q(reason="")),
                name="scan_undo_names_scan_and_reason",
            ),
            models.CheckConstraint(condition=~Q(desk=""), name="scan_names_its_desk"),
        ]
        indexes = [models.Index(fields=["meeting", "scanned_at"])]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.registration_id}, {self.desk}"

    @property
    def scope_key(self) -> str:
        return self.meeting.scope_key
