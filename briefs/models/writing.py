"""What surrounds the text of a section: who writes there, every save, what colleagues say about it, files brought in."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from briefs.enums import COMMENT_TRANSITIONS, CommentKind, CommentState
from briefs.models.body import clean_body
from briefs.models.briefs import Brief, Section
from directory.models import StateChange, StoredFile

# How long a lease lasts after the last save or sign of life of whoever holds it.
LEASE = timedelta(minutes=10)
LONGEST_COMMENT = 4_000


class _OfSectionQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> "_OfSectionQuerySet":
        """Those of sections whose making `user` may look at: members of co-authoring agencies, the secretariat."""
        return self.filter(section__brief__in=Brief.objects.of_insider(user))


class SectionLeaseQuerySet(_OfSectionQuerySet):
    def live(self) -> "SectionLeaseQuerySet":
        return self.filter(until__gt=timezone.now())


class SectionLease(models.Model):
    """Somebody is writing in a section; it ends by itself some minutes after the last sign of life."""

    section = models.OneToOneField(Section, models.CASCADE, related_name="lease", verbose_name=_("section"))
    holder = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("who writes"))
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"))

    objects = SectionLeaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("lease of a section")
        verbose_name_plural = _("leases of sections")
        ordering = ["section"]

    def __str__(self) -> str:
        return f"{self.section}: {self.holder}"


class SectionLeaseBreak(models.Model):
    """The trace of a lease that somebody else took over: whose, by whom, when and why."""

    section = models.ForeignKey(Section, models.CASCADE, related_name="lease_breaks", verbose_name=_("section"))
    holder = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("whose lease"))
    held_since = models.DateTimeField(_("held since"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("taken over by"))
    at = models.DateTimeField(_("at"), auto_now_add=True)
    reason = models.CharField(_("reason"), max_length=500)

    objects = _OfSectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("lease taken over")
        verbose_name_plural = _("leases taken over")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="section_lease_break_with_reason",
                violation_error_message=_("Say why you take over: whoever was writing reads it."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.section}: {self.holder} → {self.by}"


class SectionRevision(models.Model):
    """A section as one save left it. Never changed: what is restored becomes a new revision."""

    section = models.ForeignKey(Section, models.CASCADE, related_name="revisions", verbose_name=_("section"))
    version = models.PositiveIntegerField(_("version"))
    heading = models.CharField(_("heading"), max_length=200)
    body = models.TextField(_("text"), blank=True)
    is_editorial = models.BooleanField(
        _("editorial"), default=False, help_text=_("Spelling, punctuation or layout: nothing of substance.")
    )
    note = models.CharField(_("what was changed"), max_length=300, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"), default=timezone.now)

    objects = _OfSectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("revision of a section")
        verbose_name_plural = _("revisions of sections")
        ordering = ["section", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["section", "version"], name="section_revision_once"),
            models.CheckConstraint(condition=Q(version__gte=1), name="section_revision_counts_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.section}: {self.version}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.body = clean_body(self.body)
        super().save(*args, **kwargs)


class SectionComment(models.Model):
    """A comment on a section, or the suggestion of other words for some of it. For those who make the brief only."""

    section = models.ForeignKey(Section, models.CASCADE, related_name="comments", verbose_name=_("section"))
    kind = models.CharField(_("kind"), max_length=20, choices=CommentKind, default=CommentKind.COMMENT)
    organization = models.ForeignKey("directory.Organization", models.PROTECT, related_name="+", verbose_name=_("in the name of"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("written by"))
    text = models.TextField(_("comment"), max_length=LONGEST_COMMENT, blank=True)
    quote = models.TextField(_("words of the section"), max_length=LONGEST_COMMENT, blank=True)
    proposal = models.TextField(_("words proposed instead"), max_length=LONGEST_COMMENT, blank=True)
    version = models.PositiveIntegerField(_("version it speaks of"))
    state = models.CharField(_("state"), max_length=20, choices=CommentState, default=CommentState.OPEN)
    created_at = models.DateTimeField(_("written at"), default=timezone.now)

    TRANSITIONS = COMMENT_TRANSITIONS
    objects = _OfSectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment on a section")
        verbose_name_plural = _("comments on sections")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(kind=CommentKind.SUGGESTION) & ~Q(quote=""))
                | (Q(kind=CommentKind.COMMENT, proposal="") & ~Q(text="")),
                name="section_comment_says_something",
                violation_error_message=_("Write the comment, or quote the words that you would change."),
            ),
            models.CheckConstraint(
                condition=~Q(state=CommentState.ACCEPTED) | Q(kind=CommentKind.SUGGESTION),
                name="section_comment_only_suggestion_accepted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("briefs:section_comments", args=[self.section.brief.slug, self.section_id]) + f"#comment-{self.pk}"

    @property
    def is_suggestion(self) -> bool:
        return self.kind == CommentKind.SUGGESTION

    @property
    def is_open(self) -> bool:
        return self.state == CommentState.OPEN


class SectionCommentChange(StateChange):
    """Who resolved, accepted or reopened a comment, and why."""

    subject = models.ForeignKey(SectionComment, models.CASCADE, related_name="state_changes")


class _OfCommentQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> "_OfCommentQuerySet":
        """Those to comments on sections whose making `user` may look at."""
        return self.filter(comment__section__brief__in=Brief.objects.of_insider(user))


class SectionReply(models.Model):
    """A reply to a comment on a section."""

    comment = models.ForeignKey(SectionComment, models.CASCADE, related_name="replies", verbose_name=_("comment"))
    organization = models.ForeignKey("directory.Organization", models.PROTECT, related_name="+", verbose_name=_("in the name of"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("written by"))
    text = models.TextField(_("reply"), max_length=LONGEST_COMMENT)
    created_at = models.DateTimeField(_("written at"), default=timezone.now)

    objects = _OfCommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("reply to a comment on a section")
        verbose_name_plural = _("replies to comments on sections")
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="section_reply_has_text")]

    def __str__(self) -> str:
        return f"{self.organization}: {self.text[:40]}"


class BriefImportQuerySet(models.QuerySet["BriefImport"]):
    def visible_to(self, user: Any) -> "BriefImportQuerySet":
        """What was brought into briefs whose making `user` may look at."""
        return self.filter(brief__in=Brief.objects.of_insider(user))


class BriefImport(models.Model):
    """A Word document for a brief, read and kept until somebody says yes or no; then its file goes."""

    brief = models.ForeignKey(Brief, models.CASCADE, related_name="imports", verbose_name=_("brief"))
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("file"),
        help_text=_("Kept only while the import waits."),
    )  # fmt: skip
    file_name = models.CharField(_("name of the file"), max_length=200)
    reading = models.JSONField(_("what was read"), default=dict, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    created_at = models.DateTimeField(_("brought in at"), auto_now_add=True)
    applied_at = models.DateTimeField(_("taken over at"), null=True, blank=True)
    dropped_at = models.DateTimeField(_("stopped at"), null=True, blank=True)

    objects = BriefImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("document brought into a brief")
        verbose_name_plural = _("documents brought into briefs")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(applied_at=None) | Q(dropped_at=None), name="briefimport_applied_or_dropped"),
        ]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return reverse("briefs:import_preview", args=[self.brief.slug, self.pk])

    @property
    def is_open(self) -> bool:
        return self.applied_at is None and self.dropped_at is None
