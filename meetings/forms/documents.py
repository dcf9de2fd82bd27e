"""The form of a meeting's document."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from common.access import Refused
from common.bidi import isolated
from common.document_files import read_document
from meetings.models import Meeting, MeetingDocument


class DocumentForm(forms.ModelForm):
    """A document as a link or as a file, or announced only. `cleaned_data["file"]` is its content and type."""

    field_order = ["version_of", "title", "symbol", "language", "file", "url", "note", "position"]

    version_of = forms.ChoiceField(
        label=_("Document"),
        required=False,
        help_text=_("A language version stands beside the document that it is a version of."),
    )
    file = forms.FileField(
        label=_("File"),
        required=False,
        max_length=255,
        widget=forms.FileInput(attrs={"accept": ".pdf,.docx"}),
        help_text=_("PDF or Word (.docx), 20 MB at most."),
        error_messages={"empty": _("The file is empty. Choose another one.")},
    )

    url = forms.URLField(
        label=_("Address"),
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text=_("Where the document is on the web. Empty where you upload it, or where it is only announced."),
    )

    class Meta:
        model = MeetingDocument
        fields = ["title", "symbol", "language", "url", "note", "position"]
        help_texts = {
            "title": _("In the language of the document."),
            "symbol": _("Such as A/RES/71/318. Empty where it has none."),
            "position": _("Documents with a small number come first."),
        }
        widgets = {"note": forms.Textarea(attrs={"rows": 2, "dir": "auto"})}

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["position"].required = False
        if self.instance.pk:
            del fields["version_of"]
            if self.instance.file_id:
                fields["file"].help_text = _("A new file takes the place of the present one. PDF or Word (.docx), 20 MB at most.")
        else:
            known = dict.fromkeys((row.code, str(row)) for row in meeting.documents.order_by("position", "pk"))
            codes = {
                code: _("Another language of: %(document)s") % {"document": isolated(name)} for code, name in reversed(known)
            }
            fields["version_of"].choices = [("", _("A new document")), *reversed(codes.items())]
            fields["position"].initial = meeting.documents.count() + 1

    def clean_position(self) -> int:
        return self.cleaned_data["position"] or 0

    def clean_file(self) -> tuple[bytes, str] | None:
        upload = self.cleaned_data["file"]
        if not upload:
            return None
        try:
            return read_document(upload)
        except Refused as refusal:
            raise ValidationError(str(refusal))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("file") and data.get("url"):
            self.add_error("url", _("Give a file or an address, not both."))
        return data

    def values(self) -> dict[str, Any]:
        """The cleaned values as the service takes them."""
        return {name: self.cleaned_data[name] for name in ("title", "symbol", "language", "url", "note", "position")}
