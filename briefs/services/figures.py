"""Figures of a brief: pictures and charts, never without words for those who do not see them."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from briefs.models import Brief, Figure
from briefs.selectors.marks import mentioned_figures
from briefs.selectors.matter import version_of_figure
from briefs.services.matter import changed_meanwhile, changing
from common.access import Refused
from common.pictures import redrawn
from directory.services.files import store_file
from directory.services.state import locked, refuse_if_changed

LARGEST = 10 * 1024 * 1024  # bytes
LEAST_SIDE, MOST_SIDE = 200, 2400  # pixels; 2,400 fill the width of a printed page sharply
MOST_FIGURES = 40
WORDS = ("caption", "alt", "credit", "licence")


def picture_fields(upload: UploadedFile) -> dict[str, Any]:
    """What a figure keeps of a picture that was sent; raises `Refused` for whatever is not a picture of bearable size."""
    content, mime, (width, height) = redrawn(upload, largest=LARGEST, least_side=LEAST_SIDE, most_side=MOST_SIDE)
    return {"file": store_file(content=content, mime=mime), "width": width, "height": height}


def add_figure(*, brief: Brief, by: Any, kind: str, key: str, values: dict[str, Any]) -> Figure:
    """Add a picture or a chart under a key; it is shown where a section has the paragraph `[figure key]`.

    Args:
        values: caption, alt, credit, licence; of a picture also what `picture_fields` gives, of a chart `chart` and `rows`.
    """
    act = _("The figure “%(key)s” was added") % {"key": key}
    with changing(brief, by=by, act=act, permission="briefs.change_matter") as changed:
        if changed.figures.filter(key=key).exists():
            raise Refused(_("This brief has a figure of this key already."))
        if changed.figures.count() >= MOST_FIGURES:
            raise Refused(_("A brief has %(most)d figures at most. Remove one that is not needed.") % {"most": MOST_FIGURES})
        return Figure.objects.create(brief=changed, kind=kind, key=key, **values)


def change_figure(*, figure: Figure, by: Any, seen: str | None, values: dict[str, Any]) -> Figure:
    """Change the words, the picture or the numbers of a figure; its key stays, because sections name it."""
    with transaction.atomic():
        brief = locked(figure.brief)
        figure = locked(figure)
        refuse_if_changed(seen=seen, present=version_of_figure(figure), refusal=changed_meanwhile())
        kept = {name: getattr(figure, name) for name in WORDS} | {"rows": figure.rows, "file": figure.file_id}
        act = _("The figure “%(key)s” was changed") % {"key": figure.key}
        with changing(brief, by=by, act=act, permission="briefs.change_matter", kept=kept):
            for name, value in values.items():
                setattr(figure, name, value)
            figure.save()
        return figure


def remove_figure(*, figure: Figure, by: Any) -> Brief:
    """Remove a figure that no section shows any more. Its words are kept in the trace; editions keep their pictures."""
    with transaction.atomic():
        brief = locked(figure.brief)
        for section in brief.sections.all():
            if figure.key in mentioned_figures([section.body]):
                raise Refused(
                    _("“%(section)s” shows this figure. Take its line out of the text first.") % {"section": section.heading}
                )
        kept = {name: getattr(figure, name) for name in WORDS} | {"rows": figure.rows, "file": figure.file_id}
        act = _("The figure “%(key)s” was removed") % {"key": figure.key}
        with changing(brief, by=by, act=act, permission="briefs.change_matter", kept=kept) as changed:
            figure.delete()
        return changed
