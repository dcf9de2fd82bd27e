"""The questions that a meeting asks of its registrants, beyond what every meeting asks."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from meetings.enums import QuestionKind
from meetings.models.meetings import Meeting

YES = "yes"


class QuestionQuerySet(models.QuerySet["Question"]):
    def in_use(self) -> "QuestionQuerySet":
        """Those that are asked today; removed ones stay for the answers that were given."""
        return self.filter(removed_at__isnull=True)

    def visible_to(self, user: Any) -> "QuestionQuerySet":
        """With the meeting."""
        return self.filter(meeting__in=Meeting.objects.visible_to(user))


class Question(models.Model):
    """One question of a meeting's registration form. Answers are kept by its code, choices in their English words."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="questions", verbose_name=_("meeting"))
    code = models.SlugField(_("code"), max_length=60, help_text=_("The column of the answers in exports; it never changes."))
    kind = models.CharField(_("kind of answer"), max_length=10, choices=QuestionKind, default=QuestionKind.TEXT)
    label = models.CharField(_("question"), max_length=250)
    help_text = models.CharField(_("help"), max_length=500, blank=True)
    options = models.TextField(_("choices"), blank=True, help_text=_("One in each line, in the same order in every language."))
    is_required = models.BooleanField(_("an answer is required"), default=False)
    needs_review = models.BooleanField(
        _("a later change is reviewed"),
        default=False,
        help_text=_("Once a registration is approved, another answer waits until the secretariat agrees."),
    )
    categories = models.ManyToManyField(
        "directory.StakeholderCategory",
        related_name="+",
        blank=True,
        verbose_name=_("asked of"),
        help_text=_("None ticked: everybody is asked."),
    )
    shown_if = models.ForeignKey(
        "self", models.PROTECT, related_name="followers", null=True, blank=True, verbose_name=_("only after the question")
    )
    shown_if_answer = models.CharField(
        _("answered with"),
        max_length=250,
        blank=True,
        help_text=_("A choice in its English words; “yes” for a ticked box. Empty: any answer."),
    )
    position = models.PositiveSmallIntegerField(_("place in the order"), default=0)
    removed_at = models.DateTimeField(_("removed"), null=True, blank=True, editable=False)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "code"], name="question_code_once"),
            models.CheckConstraint(condition=Q(shown_if=None) | ~Q(shown_if=models.F("pk")), name="question_not_after_itself"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def scope_key(self) -> str:
        return self.meeting.scope_key

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The choices as (what is kept, what the reader sees): kept in English, shown in the reader's language."""
        kept = [line.strip() for line in (self.options_en or "").splitlines() if line.strip()]  # type: ignore[attr-defined]
        shown = [line.strip() for line in (self.options or "").splitlines() if line.strip()]
        return list(zip(kept, shown if len(shown) == len(kept) else kept, strict=True))

    def is_met_by(self, answers: dict[str, Any]) -> bool:
        """Whether the answer that this question follows on was given. `shown_if` must be loaded."""
        if self.shown_if is None:
            return True
        given = answers.get(self.shown_if.code)
        if not self.shown_if_answer:
            return bool(given)
        values = given if isinstance(given, list) else [YES if given is True else given]
        return self.shown_if_answer.casefold() in {str(value).casefold() for value in values if value}
