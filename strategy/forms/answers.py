"""The drafters' answer to a comment."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from strategy.enums import WITHOUT_REASON, CommentState, Decision
from strategy.forms.fields import LongText, text_area
from strategy.models import Comment
from strategy.models.comments import LONGEST_TEXT


class DispositionForm(forms.Form):
    """The drafters' answer to one comment."""

    decision = forms.ChoiceField(label=_("Decision"), choices=[("", _("Choose…")), *Decision.choices])
    duplicate_of = forms.IntegerField(
        label=_("Duplicate of comment no."), required=False, min_value=1, max_value=2**31 - 1,
        help_text=_("Only for a duplicate: the number that stands beside the other comment."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip
    reason = LongText(
        label=_("Reason"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=text_area(3),
        help_text=_("Needed unless the comment is accepted."),
    )
    resulting_text = LongText(
        label=_("Resulting text of the paragraph"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=text_area(5),
        help_text=_("Left empty, an accepted proposal becomes the text; otherwise the paragraph stays as it is."),
    )
    seen = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, comment: Comment, user: Any, **kwargs: Any) -> None:
        kwargs["auto_id"] = f"id_{comment.pk}_%s"  # several stand on one page
        super().__init__(*args, **kwargs)
        self.comment, self.user = comment, user

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        decision = data.get("decision")
        if decision and decision not in WITHOUT_REASON and not data.get("reason") and "reason" not in self.errors:
            self.add_error("reason", _("Give the reason: the agency will ask for it. Only an accepted comment needs none."))
        if decision == Decision.DUPLICATE_OF and "duplicate_of" not in self.errors:
            self.cleaned_data["original"] = self._original(data.get("duplicate_of"))
        return data

    def _original(self, number: int | None) -> Comment | None:
        submitted = Comment.objects.visible_to(self.user).filter(round=self.comment.round_id, state=CommentState.SUBMITTED)
        original = submitted.filter(pk=number).first() if number else None
        if original is None:
            self.add_error("duplicate_of", _("Give the number of a submitted comment of this round."))
        return original
