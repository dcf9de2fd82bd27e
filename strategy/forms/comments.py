"""Comments on a draft and replies to them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from directory.models import StakeholderCategory
from strategy.enums import SHAREABLE, CommentType, Sharing, Visibility, shareable_in
from strategy.forms.fields import LongText, text_area
from strategy.models import Paragraph
from strategy.models.comments import LONGEST_TEXT
from strategy.models.markup import places_of


class CommentForm(forms.Form):
    """A comment on a paragraph, or with `paragraph=None` on the draft as a whole."""

    agency = forms.ChoiceField(label=_("In the name of"))
    type = forms.ChoiceField(label=_("Type"), choices=CommentType, initial=CommentType.SUBSTANTIVE)
    text = LongText(label=_("Comment"), required=False, max_length=LONGEST_TEXT, widget=text_area(4))
    proposed_text = LongText(
        label=_("Wording you propose"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=text_area(6),
        help_text=_("Change the paragraph as you would have it; what you leave as it is proposes nothing."),
    )
    proposes_deletion = forms.BooleanField(label=_("Propose to delete the paragraph"), required=False)
    passage = LongText(
        label=_("Passage that the comment is about"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=text_area(2, **{"data-passage": "exact"}),
        help_text=_(
            "Select it in the text, or copy it here word for word. A wording that you propose then replaces the passage only. "
            "Leave it empty to speak of the whole paragraph."
        ),
    )
    passage_prefix = forms.CharField(
        required=False, max_length=64, strip=False, widget=forms.HiddenInput(attrs={"data-passage": "prefix"})
    )
    passage_suffix = forms.CharField(
        required=False, max_length=64, strip=False, widget=forms.HiddenInput(attrs={"data-passage": "suffix"})
    )
    share_with = forms.ChoiceField(
        label=_("Once submitted, may be read by"),
        choices=[(one.value, one.label) for one in SHAREABLE],
        initial=Visibility.AGENCIES,
        help_text=_("Until then it stays inside your agency. The focal point can change this."),
    )

    def __init__(
        self,
        *args: Any,
        paragraph: Paragraph | None,
        agencies: list[tuple[str, str]],
        sharing: str = Sharing.AGENCIES,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.paragraph = paragraph
        allowed = shareable_in(sharing)
        self.fields["share_with"].choices = [(one.value, one.label) for one in allowed]  # type: ignore[attr-defined]
        self.fields["share_with"].required = False
        if len(allowed) == 1:
            del self.fields["share_with"]
        self.fields["agency"].choices = agencies  # type: ignore[attr-defined]
        if len(agencies) <= 1:
            del self.fields["agency"]
        if paragraph is None:
            for name in ("proposed_text", "proposes_deletion", "passage", "passage_prefix", "passage_suffix"):
                del self.fields[name]
        elif len(paragraph.text) <= LONGEST_TEXT:
            self.fields["proposed_text"].initial = paragraph.text
        else:  # longer than a proposal may be: it would come back as one that is too long
            self.fields["proposed_text"].help_text = _(
                "This paragraph is too long to be proposed anew as a whole. "
                "Name the passage, and write here what shall stand in its place."
            )

    @property
    def has_proposal(self) -> bool:
        """Whether the fold with the proposal must be open: it holds words of the person, or an error."""
        if self.paragraph is None:
            return False
        if self["proposed_text"].errors or self["proposes_deletion"].errors:
            return True
        proposed = str(self["proposed_text"].value() or "").strip()
        return bool(self["proposes_deletion"].value()) or proposed not in {"", self.paragraph.text}

    @property
    def has_passage(self) -> bool:
        """Whether the fold with the passage must be open."""
        return "passage" in self.fields and bool(self["passage"].value() or self["passage"].errors)

    def clean_proposed_text(self) -> str:
        proposed = self.cleaned_data["proposed_text"].replace("\r\n", "\n").strip()
        return "" if self.paragraph and proposed == self.paragraph.text else proposed

    def clean_passage(self) -> str:
        """The words must stand in this paragraph; which of several places is meant, the verb decides."""
        passage = self.cleaned_data["passage"].strip()
        if passage and self.paragraph and not places_of(self.paragraph.reading, passage):
            raise forms.ValidationError(
                _("Paragraph %(number)s does not hold this passage. Copy it from the text of the paragraph, word for word."),
                params={"number": self.paragraph.number},
            )
        return passage

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("passage") and data.get("proposed_text", "").split() == data["passage"].split():
            data["proposed_text"] = ""  # the passage as it is: nothing is proposed
        if data.get("proposed_text") and data.get("proposes_deletion"):
            self.add_error("proposes_deletion", _("Propose a text or propose to delete the paragraph, not both."))
        if not self.errors and not (data.get("text") or data.get("proposed_text") or data.get("proposes_deletion")):
            missing = _("Write a comment, propose a text or propose to delete the paragraph.")
            self.add_error("text", missing if self.paragraph else _("Write a comment before you save it."))
        return data

    def content(self) -> dict[str, Any]:
        """The arguments of the verbs that write and edit."""
        data = self.cleaned_data
        content = {
            "type": data["type"],
            "text": data["text"],
            "proposed_text": data.get("proposed_text", ""),
            "proposes_deletion": data.get("proposes_deletion", False),
        }
        for name in ("passage", "passage_prefix", "passage_suffix"):
            if name in self.fields:
                content[name] = data.get(name, "")
        if data.get("share_with"):
            content["share_with"] = data["share_with"]
        return content


class PublicCommentForm(CommentForm):
    """A participant's comment in a public consultation, under a stakeholder category."""

    category: Any = forms.ModelChoiceField(
        StakeholderCategory.objects.none(),
        empty_label=_("Choose a category"),
        label=_("Your stakeholder category"),
        help_text=_("Shown with your comment. Your name is not."),
    )
    field_order = ["category"]

    def __init__(self, *args: Any, paragraph: Paragraph | None, categories: list[StakeholderCategory], **kwargs: Any) -> None:
        super().__init__(*args, paragraph=paragraph, agencies=[], sharing=Sharing.SECRETARIAT, **kwargs)
        field: Any = self.fields["category"]
        field.queryset = StakeholderCategory.objects.filter(pk__in=[one.pk for one in categories])
        if len(categories) == 1:
            field.initial, field.empty_label = categories[0], None

    def content(self) -> dict[str, Any]:
        """The arguments of the verb that writes."""
        return {**super().content(), "category": self.cleaned_data["category"]}


class TurnDownForm(forms.Form):
    """Why a participant's comment is not published."""

    reason = LongText(
        label=_("Reason, sent to the author"),
        max_length=1000,
        widget=text_area(2),
        error_messages={"required": _("Give the reason: the author is told.")},
    )


class ReplyForm(forms.Form):
    """A reply inside the agency."""

    text = LongText(label=_("Reply inside your agency"), max_length=LONGEST_TEXT, widget=text_area(2))
