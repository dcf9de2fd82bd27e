"""Forms of the strategy app. They validate; the verbs decide."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from strategy.enums import WITHOUT_REASON, CommentState, CommentType, Decision
from strategy.models import Comment, Paragraph
from strategy.models.comments import LONGEST_TEXT


def _text_area(rows: int, **attributes: Any) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "data-char-count": LONGEST_TEXT, **attributes})


class CommentForm(forms.Form):
    """A comment on a paragraph, or with `paragraph=None` on the draft as a whole."""

    agency = forms.ChoiceField(label=_("In the name of"))
    type = forms.ChoiceField(label=_("Type"), choices=CommentType, initial=CommentType.SUBSTANTIVE)
    text = forms.CharField(label=_("Comment"), required=False, max_length=LONGEST_TEXT, widget=_text_area(4))
    proposed_text = forms.CharField(
        label=_("Wording you propose"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=_text_area(6),
        help_text=_("Change the paragraph as you would have it; what you leave as it is proposes nothing."),
    )
    proposes_deletion = forms.BooleanField(label=_("Propose to delete the paragraph"), required=False)

    def __init__(self, *args: Any, paragraph: Paragraph | None, agencies: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.paragraph = paragraph
        self.fields["agency"].choices = agencies  # type: ignore[attr-defined]
        if len(agencies) <= 1:
            del self.fields["agency"]
        if paragraph is None:
            del self.fields["proposed_text"], self.fields["proposes_deletion"]
        else:
            self.fields["proposed_text"].initial = paragraph.text

    @property
    def has_proposal(self) -> bool:
        """Whether the fold with the proposal must be open: it holds words of the person, or an error."""
        if self.paragraph is None:
            return False
        if self["proposed_text"].errors or self["proposes_deletion"].errors:
            return True
        proposed = str(self["proposed_text"].value() or "").strip()
        return bool(self["proposes_deletion"].value()) or proposed not in {"", self.paragraph.text}

    def clean_proposed_text(self) -> str:
        proposed = self.cleaned_data["proposed_text"].replace("\r\n", "\n").strip()
        return "" if self.paragraph and proposed == self.paragraph.text else proposed

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("proposed_text") and data.get("proposes_deletion"):
            self.add_error("proposes_deletion", _("Propose a text or propose to delete the paragraph, not both."))
        if not self.errors and not (data.get("text") or data.get("proposed_text") or data.get("proposes_deletion")):
            missing = _("Write a comment, propose a text or propose to delete the paragraph.")
            self.add_error("text", missing if self.paragraph else _("Write a comment before you save it."))
        return data

    def content(self) -> dict[str, Any]:
        """The arguments of the verbs that write and edit."""
        data = self.cleaned_data
        return {
            "type": data["type"],
            "text": data["text"],
            "proposed_text": data.get("proposed_text", ""),
            "proposes_deletion": data.get("proposes_deletion", False),
        }


class ReplyForm(forms.Form):
    """A reply inside the agency."""

    text = forms.CharField(label=_("Reply inside your agency"), max_length=LONGEST_TEXT, widget=_text_area(2))


class ConfirmForm(forms.Form):
    """A deliberate yes to an act that others will see; the sentence comes from the view."""

    confirm = forms.BooleanField(error_messages={"required": _("Tick the box to confirm.")})

    def __init__(self, *args: Any, sentence: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["confirm"].label = sentence


class WithdrawForm(ConfirmForm):
    """A yes, and why."""

    reason = forms.CharField(
        label=_("Reason, for your agency's own record"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    field_order = ["reason", "confirm"]


class DispositionForm(forms.Form):
    """The drafters' answer to one comment."""

    decision = forms.ChoiceField(label=_("Decision"), choices=[("", _("Choose…")), *Decision.choices])
    duplicate_of = forms.IntegerField(
        label=_("Duplicate of comment no."), required=False, min_value=1, max_value=2**31 - 1,
        help_text=_("Only for a duplicate: the number that stands beside the other comment."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=_text_area(3),
        help_text=_("Needed unless the comment is accepted."),
    )
    resulting_text = forms.CharField(
        label=_("Resulting text of the paragraph"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=_text_area(5),
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
