"""A strategy, its drafts, their paragraphs and what became of each paragraph."""

import hashlib
import re
import unicodedata
import uuid
from typing import Any

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from common.access import Refused
from directory.models import StateChange
from directory.rules import secretariat_scopes
from strategy.enums import DRAFT_TRANSITIONS, HEADINGS, DraftState, ParagraphKind
from strategy.models.markup import html_of, reading_text
from strategy.rules import agencies_of

_EMPHASIS = re.compile(r"\*(?=\S)([^*\n]+?)(?<=\S)\*")
_SCOPE = "strategy:"


def in_secretariat_scope(user: Any, path: str) -> Q:
    """Rows of the strategies that `user` serves as secretariat; `path` leads from the row to the strategy's slug."""
    scopes = secretariat_scopes(user)
    if "" in scopes:
        return Q(pk__isnull=False)
    return Q(**{f"{path}__in": [scope.removeprefix(_SCOPE) for scope in scopes if scope.startswith(_SCOPE)]})


class StrategyQuerySet(models.QuerySet["Strategy"]):
    def visible_to(self, user: Any) -> "StrategyQuerySet":
        """Strategies with a draft that the person may read; all in its scope for the secretariat."""
        readable = Q(pk__in=Draft.objects.visible_to(user).values("strategy"))
        return self.filter(readable | in_secretariat_scope(user, "slug"))


class Strategy(models.Model):
    """A strategy that is drafted in consultation with the agencies."""

    slug = models.SlugField(_("address"), unique=True)
    title = models.CharField(_("title"), max_length=250)
    summary = models.TextField(_("summary"), blank=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = StrategyQuerySet.as_manager()

    class Meta:
        verbose_name = _("strategy")
        verbose_name_plural = _("strategies")
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("strategy:overview", args=[self.slug])

    @property
    def scope_key(self) -> str:
        """What a secretariat role may be limited to."""
        return f"{_SCOPE}{self.slug}"


class DraftQuerySet(models.QuerySet["Draft"]):
    def visible_to(self, user: Any) -> "DraftQuerySet":
        """Public drafts for all; published ones for the agencies consulted on them; every one for the secretariat."""
        readable = Q(is_public=True)
        own = agencies_of(user)
        if own:
            consulted = Draft.objects.filter(Q(rounds__invites_all_agencies=True) | Q(rounds__invited__in=own))
            readable |= Q(pk__in=consulted.values("pk"))
        return self.filter((Q(state=DraftState.PUBLISHED) & readable) | in_secretariat_scope(user, "strategy__slug"))


class Draft(models.Model):
    """One version of the text: zero draft, first revised draft … Once published it never changes."""

    TRANSITIONS = DRAFT_TRANSITIONS

    strategy = models.ForeignKey(Strategy, models.PROTECT, related_name="drafts", verbose_name=_("strategy"))
    number = models.PositiveSmallIntegerField(_("number"), help_text=_("0 for the zero draft."))
    label = models.CharField(_("label"), max_length=80)
    language = models.CharField(_("language of the text"), max_length=10, choices=settings.LANGUAGES, default="en")
    state = models.CharField(_("state"), max_length=12, choices=DraftState, default=DraftState.DRAFT)
    is_public = models.BooleanField(_("public"), default=False, help_text=_("Once published, anybody may read the text."))
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    sha256 = models.CharField(_("SHA-256 of the text"), max_length=64, blank=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        ordering = ["strategy", "number"]
        constraints = [
            models.UniqueConstraint(fields=["strategy", "number"], name="draft_number_once_per_strategy"),
            models.CheckConstraint(
                condition=Q(state=DraftState.DRAFT, published_at=None, sha256="")
                | (Q(state=DraftState.PUBLISHED, published_at__isnull=False) & ~Q(sha256="")),
                name="draft_published_with_time_and_hash",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.strategy}: {self.label}"

    def get_absolute_url(self) -> str:
        return reverse("strategy:draft", args=[self.strategy.slug, self.number])

    @property
    def scope_key(self) -> str:
        return self.strategy.scope_key

    @property
    def is_published(self) -> bool:
        return self.state == DraftState.PUBLISHED

    def text_hash(self) -> str:
        """SHA-256 of the canonical text: kind, number, text and footnotes of each paragraph in order, NFC, UTF-8."""
        rows = self.paragraphs.order_by("position").values_list("kind", "number", "text", "footnotes")
        canonical = "\n".join(
            "\t".join(" ".join(part.split()) for part in (kind, number, text, *notes)) for kind, number, text, notes in rows
        )
        return hashlib.sha256(unicodedata.normalize("NFC", canonical).encode()).hexdigest()


class DraftStateChange(StateChange):
    subject = models.ForeignKey(Draft, models.CASCADE, related_name="state_changes", verbose_name=_("draft"))

    class Meta(StateChange.Meta):
        verbose_name = _("change of a draft's state")
        verbose_name_plural = _("changes of drafts' states")


IMMUTABLE = _("This draft is published: its text never changes. Write the change into the next draft.")


class ParagraphQuerySet(models.QuerySet["Paragraph"]):
    def visible_to(self, user: Any) -> "ParagraphQuerySet":
        return self.filter(draft__in=Draft.objects.visible_to(user))

    def update(self, **values: Any) -> int:
        self._refuse_if_published()
        return super().update(**values)

    def delete(self) -> tuple[int, dict[str, int]]:
        self._refuse_if_published()
        return super().delete()

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> Any:  # type: ignore[override]
        rows = list(objs)
        drafts = Draft.objects.filter(pk__in={row.draft_id for row in rows}, state=DraftState.PUBLISHED)
        if drafts.exists():
            raise Refused(IMMUTABLE)
        for row in rows:
            row.anchor = Paragraph.anchor_of(row.number)
        return super().bulk_create(rows, *args, **kwargs)

    def _refuse_if_published(self) -> None:
        if self.order_by().filter(draft__state=DraftState.PUBLISHED).exists():
            raise Refused(IMMUTABLE)


def _validate_footnotes(value: Any) -> None:
    if not isinstance(value, list) or not all(isinstance(note, str) and note.strip() for note in value):
        raise ValidationError(_("Footnotes are a list of texts, none of them empty."))


class Paragraph(models.Model):
    """A numbered piece of a draft: plain text in which `*stars*` mark emphasis and `[^1]` the first of its footnotes.

    The row of a results framework has one line of text for each cell; the first row of a run of rows names the columns.
    `uid` is what a Word file of our own carries unseen, so that the paragraph is known again when the file returns.
    """

    draft = models.ForeignKey(Draft, models.PROTECT, related_name="paragraphs", verbose_name=_("draft"))
    position = models.PositiveIntegerField(_("place in the order"))
    number = models.CharField(_("number"), max_length=20, help_text=_("As printed: 12, 16(a), IV.A."))
    anchor = models.CharField(_("anchor"), max_length=24, editable=False)
    kind = models.CharField(_("kind"), max_length=14, choices=ParagraphKind, default=ParagraphKind.PARAGRAPH)
    text = models.TextField(_("text"))
    footnotes = models.JSONField(_("footnotes"), default=list, blank=True, validators=[_validate_footnotes])
    uid = models.UUIDField(_("hidden name"), default=uuid.uuid4, db_default=RandomUUID(), unique=True, editable=False)
    revision = models.PositiveIntegerField(_("revision"), default=0, editable=False)

    objects = ParagraphQuerySet.as_manager()

    class Meta:
        verbose_name = _("paragraph")
        verbose_name_plural = _("paragraphs")
        ordering = ["draft", "position"]
        constraints = [
            models.UniqueConstraint(fields=["draft", "position"], name="paragraph_position_once_per_draft"),
            models.UniqueConstraint(fields=["draft", "anchor"], name="paragraph_anchor_once_per_draft"),
        ]

    def __str__(self) -> str:
        return f"{self.draft} ¶ {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, with the anchor made from the number; refused once the draft is published."""
        self._refuse_if_published()
        self.anchor = self.anchor_of(self.number)
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("strategy:paragraph", args=[self.draft.strategy.slug, self.draft.number, self.anchor])

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        self._refuse_if_published()
        return super().delete(*args, **kwargs)

    @staticmethod
    def anchor_of(number: str) -> str:
        """The number as an address has it: "16(a)" → "16-a"."""
        return re.sub(r"[^0-9A-Za-z]+", "-", number).strip("-")

    @property
    def is_heading(self) -> bool:
        return self.kind in HEADINGS

    @property
    def heading_level(self) -> int:
        """The level of the HTML heading; 0 for what is not a heading."""
        return HEADINGS.get(ParagraphKind(self.kind), 0)

    @property
    def html(self) -> SafeString:
        """The text as HTML: everything escaped, `*stars*` turned into emphasis, `[^1]` into the sign of a footnote."""
        return html_of(self.text)

    @property
    def body(self) -> SafeString:
        """The text as a block whose direction follows its own script, whatever the page's language."""
        return format_html('<p dir="auto">{}</p>', self.html)

    @property
    def reading(self) -> str:
        """What is read of it, without its marks: passages are found in this."""
        return reading_text(self.text)

    @property
    def plain(self) -> str:
        """The text without its marks of emphasis."""
        return _EMPHASIS.sub(r"\1", self.text)

    def _refuse_if_published(self) -> None:
        # Asked of the table: the draft at hand may be older than its publication. A paragraph moved into another
        # draft counts for both.
        drafts = Draft.objects.filter(Q(pk=self.draft_id) | Q(paragraphs=self.pk), state=DraftState.PUBLISHED)
        if drafts.exists():
            raise Refused(IMMUTABLE)
