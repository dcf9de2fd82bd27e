"""The outbox."""

from typing import Any, Self, TypeVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from directory.models import StateChange
from directory.rules import is_secretariat_staff
from notifications.enums import BULK_TRANSITIONS, BulkState, DeliveryState, Frequency, Priority, TrailAct


class NotificationQuerySet(models.QuerySet["Notification"]):
    def visible_to(self, user: Any) -> "NotificationQuerySet":
        """Everything for secretariat staff (confidential kinds: the envelope only), one's own for others."""
        if not user.is_authenticated:
            return self.none()
        if is_secretariat_staff(user):
            return self
        return self.filter(recipient=user)

    def inbox_of(self, user: Any) -> "NotificationQuerySet":
        """What a person finds in the inbox: their own messages, however they are delivered; never account mail or digests.

        Not what was withdrawn, nor what the secretariat holds back.
        """
        return self.filter(recipient=user, in_inbox=True).exclude(state__in=[DeliveryState.WITHDRAWN, DeliveryState.HELD])

    def stopped(self) -> "NotificationQuerySet":
        """Those of a message to many that was stopped, unless staff have released them or sent them again since."""
        stop = BulkMessageChange.objects.filter(subject=OuterRef(OuterRef("bulk")), new=BulkState.CANCELLED)
        let_go = TrailEntry.objects.filter(
            notification=OuterRef("pk"), act__in=[TrailAct.RELEASED, TrailAct.RESENT], at__gt=stop.values("at")[:1]
        )
        return self.filter(~Exists(let_go), bulk__state=BulkState.CANCELLED)


class Notification(models.Model):
    """One message to one recipient for one cause, written in the transaction of its cause."""

    kind = models.CharField(_("kind"), max_length=80)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="notifications", verbose_name=_("recipient")
    )
    address = models.EmailField(_("address"), blank=True, help_text=_("Where a person without an account is written to."))
    language = models.CharField(_("language"), max_length=10, default="en")
    context = models.JSONField(_("frozen context"), default=dict)
    cause = models.CharField(_("idempotency key"), max_length=200)
    state = models.CharField(_("state"), max_length=10, choices=DeliveryState, default=DeliveryState.QUEUED)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority, default=Priority.NORMAL)
    in_inbox = models.BooleanField(_("shown in the inbox"), default=True)
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)
    digest = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="collected", verbose_name=_("sent in the digest")
    )
    bulk = models.ForeignKey(
        "notifications.BulkMessage",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="notifications",
        verbose_name=_("bulk message"),
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    lost = models.PositiveSmallIntegerField(_("workers lost"), default=0, help_text=_("How many workers died with it in hand."))
    due_at = models.DateTimeField(_("due at"))
    claim = models.UUIDField(_("claim"), null=True, blank=True, editable=False)
    claimed_until = models.DateTimeField(_("claimed until"), null=True, blank=True)
    created_at = models.DateTimeField(_("queued at"), auto_now_add=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    sent_to = models.EmailField(_("sent to"), blank=True)
    subject = models.CharField(_("subject as sent"), max_length=300, blank=True)
    text = models.TextField(_("text as sent"), blank=True)
    html = models.TextField(_("HTML as sent"), blank=True)
    error = models.TextField(_("error"), blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "cause", "recipient", "address"], name="notification_once_per_cause", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(recipient__isnull=False, address="") | (Q(recipient__isnull=True) & ~Q(address="")),
                name="notification_to_a_person_or_an_address",
            ),
        ]
        indexes = [
            models.Index(
                fields=["priority", "due_at", "id"], condition=Q(state__in=["queued", "claimed"]), name="notification_waiting"
            ),
            models.Index(fields=["recipient", "-id"], condition=Q(in_inbox=True), name="notification_inbox"),
            models.Index(fields=["recipient"], condition=Q(in_inbox=True, read_at__isnull=True), name="notification_unread"),
            models.Index(fields=["recipient"], condition=Q(state="collected"), name="notification_collected"),
            models.Index(Lower("sent_to"), name="notification_sent_to"),
            # The outbox finds few among a million rows: by kind, by a state that is rare, by day, by word.
            models.Index(fields=["kind", "-id"], name="notification_kind"),
            models.Index(
                fields=["state", "-id"],
                condition=Q(state__in=["held", "failed", "bounced", "withdrawn"]),
                name="notification_stuck",
            ),
            models.Index(fields=["created_at"], name="notification_day"),
            GinIndex(SearchVector("subject", "sent_to", "address", config="simple"), name="notification_words"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} → {self.destination}"

    @property
    def destination(self) -> str:
        """Where it went, or where it will go."""
        return self.sent_to or self.address or (self.recipient.email if self.recipient else "")


class TrailEntry(models.Model):
    """What happened to a message besides being queued and sent, which are dates of the message itself."""

    notification = models.ForeignKey(Notification, models.CASCADE, related_name="trail", verbose_name=_("message"))
    act = models.CharField(_("act"), max_length=10, choices=TrailAct)
    detail = models.TextField(_("detail"), blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        verbose_name = _("line in the trail of a message")
        verbose_name_plural = _("trails of messages")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_act_display()}: {self.notification}"


class Preference(models.Model):
    """How often a person wants mail of one kind; without a row, the kind's own default holds."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="preferences", verbose_name=_("person"))
    kind = models.CharField(_("kind"), max_length=80)
    frequency = models.CharField(_("how often"), max_length=10, choices=Frequency)

    class Meta:
        verbose_name = _("preference")
        verbose_name_plural = _("preferences")
        ordering = ["user", "kind"]
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="preference_once_per_kind")]

    def __str__(self) -> str:
        return f"{self.user}, {self.kind}: {self.get_frequency_display()}"


_Row = TypeVar("_Row", bound=models.Model)


class OfAddressQuerySet(models.QuerySet[_Row]):
    """Rows that are about an address, whatever the case of its letters."""

    def at_address(self, *addresses: str) -> Self:
        """Those about any of `addresses`; by the index, which `iexact` would not use: it compares capital letters."""
        lower = {address.strip().lower() for address in addresses}
        return self.alias(lower_address=Lower("address")).filter(lower_address__in=lower)


class MailRefusalQuerySet(OfAddressQuerySet["MailRefusal"]):
    def visible_to(self, user: Any) -> "MailRefusalQuerySet":
        """All for secretariat staff, those of one's own address for others."""
        if not user.is_authenticated:
            return self.none()
        if is_secretariat_staff(user):
            return self
        return self.at_address(user.email)


class MailRefusal(models.Model):
    """The no of somebody without an account to mail of one kind; people with an account have preferences instead."""

    address = models.EmailField(_("address"))
    kind = models.CharField(_("kind"), max_length=80)
    at = models.DateTimeField(_("at"), auto_now_add=True)

    objects = MailRefusalQuerySet.as_manager()

    class Meta:
        verbose_name = _("refusal of a kind of mail")
        verbose_name_plural = _("refusals of kinds of mail")
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(Lower("address"), "kind", name="mail_refusal_once_per_kind")]

    def __str__(self) -> str:
        return f"{self.address}: {self.kind}"


class MailHours(models.Model):
    """When a person wants mail, by the clock of their own time zone."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mail_hours", verbose_name=_("person"))
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_to = models.TimeField(_("quiet to"), null=True, blank=True)
    digest_at = models.TimeField(_("digests at"), default="07:00")
    digest_weekday = models.PositiveSmallIntegerField(_("weekly digest on"), default=0, help_text=_("0 is Monday."))

    class Meta:
        verbose_name = _("hours for mail")
        verbose_name_plural = _("hours for mail")
        ordering = ["user"]
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_to__isnull=True) | Q(quiet_from__isnull=False, quiet_to__isnull=False),
                name="quiet_hours_have_both_ends",
                violation_error_message=_("Give both ends of the quiet hours, or neither."),
            ),
            models.CheckConstraint(condition=Q(digest_weekday__lte=6), name="digest_weekday_is_a_weekday"),
        ]

    def __str__(self) -> str:
        return str(self.user)


class AddressTroubleQuerySet(OfAddressQuerySet["AddressTrouble"]):
    def visible_to(self, user: Any) -> "AddressTroubleQuerySet":
        """All for secretariat staff, that with one's own address for others."""
        if not user.is_authenticated:
            return self.none()
        if is_secretariat_staff(user):
            return self
        return self.at_address(user.email)


class AddressTrouble(models.Model):
    """What mail servers said about an address. After a permanent refusal nothing more is sent there until it is cleared."""

    address = models.EmailField(_("address"))
    is_permanent = models.BooleanField(_("permanent"))
    count = models.PositiveIntegerField(_("times"), default=1)
    detail = models.TextField(_("what the server said"), blank=True)
    first_at = models.DateTimeField(_("first"), auto_now_add=True)
    last_at = models.DateTimeField(_("last"), auto_now=True)

    objects = AddressTroubleQuerySet.as_manager()

    class Meta:
        verbose_name = _("trouble with an address")
        verbose_name_plural = _("troubles with addresses")
        ordering = ["-last_at"]
        constraints = [models.UniqueConstraint(Lower("address"), name="trouble_once_per_address")]

    def __str__(self) -> str:
        return self.address


class BulkMessageQuerySet(models.QuerySet["BulkMessage"]):
    def visible_to(self, user: Any) -> "BulkMessageQuerySet":
        """Those of the whole secretariat, for its staff only."""
        return self if is_secretariat_staff(user) else self.none()


class BulkMessage(models.Model):
    """A message of the secretariat to a filtered list of people: written, tested, counted, confirmed, then queued."""

    TRANSITIONS = BULK_TRANSITIONS

    subject = models.CharField(_("subject"), max_length=150)
    body = models.TextField(_("text"))
    language = models.CharField(_("language of the text"), max_length=10, choices=settings.LANGUAGES, default="en")
    audience = models.JSONField(_("audience"), default=dict, help_text=_("The name of a list and its filters."))
    state = models.CharField(_("state"), max_length=10, choices=BulkState, default=BulkState.DRAFT)
    confirmed_count = models.PositiveIntegerField(_("recipients confirmed"), null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    created_at = models.DateTimeField(_("written at"), auto_now_add=True)
    job = models.ForeignKey("directory.Job", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("job"))

    objects = BulkMessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("bulk message")
        verbose_name_plural = _("bulk messages")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.subject


class BulkMessageChange(StateChange):
    """Who confirmed or cancelled a bulk message."""

    subject = models.ForeignKey(BulkMessage, models.CASCADE, related_name="state_changes")
