"""Publications planned for a moment, who reads before it, what is printed at the head of an edition, and translations."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from briefs.enums import PLAN_TRANSITIONS, NoticeKind, Opened, PlanState
from briefs.models.briefs import Brief
from briefs.models.editions import FILE_FIELDS, Edition
from directory.models import StateChange, StoredFile
from directory.models.people import validate_time_zone


def _file_field(label: Any) -> "models.ForeignKey[StoredFile | None, StoredFile | None]":
    return models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, editable=False, related_name="+", verbose_name=label
    )


class RenderedFiles(models.Model):
    """Three files that a worker gives to a row, all of them at once."""

    screen_pdf = _file_field(_("PDF for screens"))
    archive_pdf = _file_field(_("PDF for archives"))
    print_pdf = _file_field(_("PDF for print shops"))

    class Meta:
        abstract = True

    @property
    def is_rendered(self) -> bool:
        return all(getattr(self, f"{field}_id") for field in FILE_FIELDS)


class PlanQuerySet(models.QuerySet["PlannedPublication"]):
    def visible_to(self, user: Any) -> "PlanQuerySet":
        """Plans of the briefs that `user` helps to make, and embargoed texts whose named reader they are."""
        inside = Q(brief__in=Brief.objects.of_insider(user))
        if not user.is_authenticated:
            return self.filter(inside)
        named = EmbargoReader.objects.filter(user=user, revoked_at__isnull=True)
        return self.filter(inside | Q(state=PlanState.WAITING, under_embargo=True, pk__in=named.values("plan")))

    def waiting(self) -> "PlanQuerySet":
        return self.filter(state=PlanState.WAITING)


class PlannedPublication(RenderedFiles):
    """A brief that is to be published at a moment.

    Under embargo it holds the whole edition already, frozen and with its files, but is none yet: nothing that lists,
    finds or serves editions can meet it before its moment. Another moment makes another plan: the date is printed.
    """

    brief = models.ForeignKey(Brief, models.PROTECT, related_name="plans", verbose_name=_("brief"))
    at = models.DateTimeField(_("to be published at"))
    time_zone = models.CharField(_("time zone of the announcement"), max_length=64, validators=[validate_time_zone])
    under_embargo = models.BooleanField(_("under embargo until then"), default=False)
    text_hash = models.CharField(_("hash of the cleared text"), max_length=64)
    content = models.JSONField(_("content"), null=True, blank=True, editable=False)
    state = models.CharField(_("state"), max_length=20, choices=PlanState, default=PlanState.WAITING, editable=False)
    edition = models.OneToOneField(
        Edition, models.PROTECT, null=True, blank=True, editable=False, related_name="plan", verbose_name=_("edition")
    )

    TRANSITIONS = PLAN_TRANSITIONS
    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("planned publication")
        verbose_name_plural = _("planned publications")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["brief"], condition=Q(state=PlanState.WAITING), name="brief_one_publication_planned"),
            models.CheckConstraint(
                condition=Q(under_embargo=True, content__isnull=False) | Q(under_embargo=False, content__isnull=True),
                name="brief_embargo_is_of_a_frozen_text",
            ),
            models.CheckConstraint(
                condition=Q(state=PlanState.PUBLISHED, edition__isnull=False)
                | (~Q(state=PlanState.PUBLISHED) & Q(edition__isnull=True)),
                name="brief_plan_published_has_edition",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.brief}: {self.at:%Y-%m-%d %H:%M} UTC"

    def get_absolute_url(self) -> str:
        return reverse("briefs:publication", args=[self.brief.slug])

    def as_edition(self) -> Edition:
        """The edition that this becomes, not saved: for page and files before its moment."""
        assert self.content is not None, "only an embargoed text is frozen ahead"
        return Edition(
            brief=self.brief,
            number=self.content["edition"],
            published_at=self.at,
            title=self.content["title"],
            summary=self.content["summary"],
            content=self.content,
            **{f"{field}_id": getattr(self, f"{field}_id") for field in FILE_FIELDS},
        )


class PlannedPublicationChange(StateChange):
    """Who planned a publication, took it back, or why it did not take place."""

    subject = models.ForeignKey(PlannedPublication, models.CASCADE, related_name="state_changes")


class EmbargoReader(models.Model):
    """Somebody who may read an embargoed text: a user, or a person from outside who has a link of their own."""

    plan = models.ForeignKey(PlannedPublication, models.CASCADE, related_name="readers", verbose_name=_("publication"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("user")
    )
    name = models.CharField(_("name"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("named by"))
    added_at = models.DateTimeField(_("named at"), auto_now_add=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("revoked by")
    )
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("reader under embargo")
        verbose_name_plural = _("readers under embargo")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, email="") | (Q(user__isnull=True) & ~Q(email="") & ~Q(name="")),
                name="brief_embargo_reader_is_user_or_address",
                violation_error_message=_("A reader is a user, or a person with name and e-mail address."),
            ),
            models.UniqueConstraint(
                fields=["plan", "user"], condition=Q(revoked_at__isnull=True), name="brief_embargo_user_once"
            ),
            models.UniqueConstraint(
                fields=["plan", "email"],
                condition=Q(revoked_at__isnull=True) & ~Q(email=""),
                name="brief_embargo_address_once",
            ),
        ]

    def __str__(self) -> str:
        return str(self.user or self.name)


class EmbargoOpening(models.Model):
    """Who opened an embargoed text, what of it and when. `reader` is empty for those who make the brief."""

    plan = models.ForeignKey(PlannedPublication, models.CASCADE, related_name="openings", verbose_name=_("publication"))
    reader = models.ForeignKey(
        EmbargoReader, models.CASCADE, null=True, blank=True, related_name="openings", verbose_name=_("reader")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("user")
    )
    what = models.CharField(_("opened"), max_length=10, choices=Opened)
    at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        verbose_name = _("opening under embargo")
        verbose_name_plural = _("openings under embargo")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reader__isnull=False) | Q(user__isnull=False), name="brief_embargo_opening_says_who"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user or self.reader}: {self.get_what_display()}"


class HeadNoticeQuerySet(models.QuerySet["HeadNotice"]):
    def visible_to(self, user: Any) -> "HeadNoticeQuerySet":
        return self.filter(edition__in=Edition.objects.visible_to(user))


class HeadNotice(RenderedFiles):
    """A correction (corrigendum), or the withdrawal, of an edition: printed at the head of its page and files.

    It has files of its own, the edition's with all notices so far at their head. A trigger refuses any change but
    giving it these, once; the edition and its first files stay as they are.
    """

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="notices", verbose_name=_("edition"))
    kind = models.CharField(_("kind"), max_length=20, choices=NoticeKind, default=NoticeKind.CORRECTION)
    number = models.PositiveSmallIntegerField(_("number"))
    at = models.DateTimeField(_("dated"))
    text = models.TextField(_("text"), max_length=4000)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )

    objects = HeadNoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice at the head of an edition")
        verbose_name_plural = _("notices at the head of editions")
        ordering = ["edition", "number"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "number"], name="brief_notice_number_once"),
            models.CheckConstraint(condition=~Q(text=""), name="brief_notice_has_text"),
        ]

    def __str__(self) -> str:
        return f"{self.edition}: {self.get_kind_display()} {self.number}"

    def get_absolute_url(self) -> str:
        return self.edition.get_absolute_url()


class LanguageEditionQuerySet(models.QuerySet["LanguageEdition"]):
    def visible_to(self, user: Any) -> "LanguageEditionQuerySet":
        return self.filter(brief__in=Brief.objects.of_insider(user))


class LanguageEdition(models.Model):
    """From which edition of another brief a brief is being translated."""

    brief = models.OneToOneField(Brief, models.CASCADE, related_name="language_edition", verbose_name=_("brief"))
    source = models.ForeignKey(Edition, models.PROTECT, related_name="+", verbose_name=_("edition that is translated"))
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("started by")
    )
    started_at = models.DateTimeField(_("started at"), auto_now_add=True)

    objects = LanguageEditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("language edition")
        verbose_name_plural = _("language editions")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.brief} ← {self.source}"


class SourceSection(models.Model):
    """Which section of the source a section translates, by its place there."""

    section = models.OneToOneField(
        "briefs.Section", models.CASCADE, related_name="source", verbose_name=_("section of the translation")
    )
    place = models.PositiveSmallIntegerField(_("place in the source"))

    class Meta:
        verbose_name = _("section of the source")
        verbose_name_plural = _("sections of the source")
        ordering = ["section"]

    def __str__(self) -> str:
        return f"{self.section} ← {self.place}"
