"""References of a brief: typed one by one, or taken over from what another program wrote."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from briefs.models import Brief, Reference
from briefs.selectors.marks import mentioned_references
from briefs.selectors.matter import version_of_reference
from briefs.services.matter import changed_meanwhile, changing
from common.access import Refused
from common.bibliography import Understood
from directory.services.state import locked, refuse_if_changed

MOST_REFERENCES = 300


def _refuse_too_many(brief: Brief, more: int) -> None:
    if brief.references.count() + more > MOST_REFERENCES:
        raise Refused(_("A brief has %(most)d references at most.") % {"most": MOST_REFERENCES})


def add_reference(*, brief: Brief, by: Any, key: str, csl: dict[str, Any]) -> Reference:
    """Add a source under a key by which sections cite it."""
    act = _("The reference “%(key)s” was added") % {"key": key}
    with changing(brief, by=by, act=act, permission="briefs.change_matter") as changed:
        if changed.references.filter(key=key).exists():
            raise Refused(_("This brief has a reference of this key already."))
        _refuse_too_many(changed, 1)
        return Reference.objects.create(brief=changed, key=key, csl=csl)


def change_reference(*, reference: Reference, by: Any, seen: str | None, csl: dict[str, Any]) -> Reference:
    """Change what is said of a source; its key stays, because sections name it."""
    with transaction.atomic():
        brief = locked(reference.brief)
        reference = locked(reference)
        refuse_if_changed(seen=seen, present=version_of_reference(reference), refusal=changed_meanwhile())
        act = _("The reference “%(key)s” was changed") % {"key": reference.key}
        with changing(brief, by=by, act=act, permission="briefs.change_matter", kept={"csl": reference.csl}):
            reference.csl = csl
            reference.save(update_fields=["csl"])
        return reference


def remove_reference(*, reference: Reference, by: Any) -> Brief:
    """Remove a source that no section cites any more; the trace keeps it."""
    with transaction.atomic():
        brief = locked(reference.brief)
        for section in brief.sections.all():
            if reference.key in mentioned_references([section.body]):
                raise Refused(
                    _("“%(section)s” cites this reference. Take its mark out of the text first.") % {"section": section.heading}
                )
        act = _("The reference “%(key)s” was removed") % {"key": reference.key}
        with changing(brief, by=by, act=act, permission="briefs.change_matter", kept={"csl": reference.csl}) as changed:
            reference.delete()
        return changed


def import_references(*, brief: Brief, by: Any, entries: Sequence[Understood]) -> list[Reference]:
    """Add sources that were understood; a key that is taken gets a number behind it, so that nothing is overwritten."""
    if not entries:
        raise Refused(_("Choose at least one reference to take over."))
    act = ngettext("%(count)d reference was brought in", "%(count)d references were brought in", len(entries)) % {
        "count": len(entries)
    }
    with changing(brief, by=by, act=act, permission="briefs.change_matter") as changed:
        _refuse_too_many(changed, len(entries))
        taken = set(changed.references.values_list("key", flat=True))
        rows = []
        for entry in entries:
            key = free_key(entry.key, taken)
            taken.add(key)
            rows.append(Reference(brief=changed, key=key, csl=entry.csl))
        return Reference.objects.bulk_create(rows)


def free_key(key: str, taken: set[str]) -> str:
    """The key, or the key with the first number behind it that is free."""
    found, number = key, 2
    while found in taken:
        found = f"{key[:36]}-{number}"
        number += 1
    return found
