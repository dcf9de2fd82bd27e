"""Making and changing series."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from briefs.models import Series
from briefs.selectors.matter import version_of_series
from common.access import Refused, require
from directory.page_versions import bump
from directory.services.state import locked, refuse_if_changed


@transaction.atomic
def create_series(*, by: Any, values: dict[str, Any]) -> Series:
    """Begin a series with the values of its form."""
    require(by, "briefs.change_series")
    values = dict(values)
    if Series.objects.filter(slug=values["slug"]).exists():
        raise Refused(_("Another series has this short name already. Choose another one."))
    editors = values.pop("editors")
    series = Series.objects.create(**values)
    series.editors.set(editors)
    bump("briefs")
    return series


@transaction.atomic
def change_series(*, series: Series, by: Any, seen: str | None, values: dict[str, Any]) -> Series:
    """Change what a series is called, how often it appears and who edits it; its address stays."""
    require(by, "briefs.change_series")
    series = locked(series)
    refuse_if_changed(
        seen=seen,
        present=version_of_series(series),
        refusal=_("Somebody changed this series while you were writing. Nothing of yours is lost: compare, then save again."),
    )
    values = {name: value for name, value in values.items() if name != "slug"}
    series.editors.set(values.pop("editors"))
    for name, value in values.items():
        setattr(series, name, value)
    series.save()
    bump("briefs")
    return series
