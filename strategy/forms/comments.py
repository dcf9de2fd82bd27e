"""Comments on a draft and replies to them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from strategy.enums import CommentType
from strategy.forms.fields import text_area
from strategy.models import Paragraph
from strategy.models.comments import LONGEST_TEXT


class CommentForm(forms.Form):
    """A comment on a paragraph, or with `paragraph=None` on the draft as a whole."""

    agency = forms.ChoiceField(label=_("In the name of"))
    type = forms.ChoiceField(label=_("Type"), choices=CommentType, initial=CommentType.SUBSTANTIVE)
    text = forms.CharField(label=_("Comment"), required=False, max_length=LONGEST_TEXT, widget=text_area(4))
    proposed_text = forms.CharField(
        label=_("Wording you propose"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=text_area(6),
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

    text = forms.CharField(label=_("Reply inside your agency"), max_length=LONGEST_TEXT, widget=text_area(2))
