"""Making a brief and changing its parts. A change of what agencies answer for voids clearances; every change leaves a trace."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from briefs.models import Brief, BriefAgency, CitedParagraph, CitedSolution, MatterChange, Section
from briefs.selectors import text_hash
from briefs.selectors.matter import (
    acting_agency,
    sections_with_note,
    version_of_agencies,
    version_of_brief,
    version_of_footnotes,
    version_of_order,
)
from briefs.services.leases import refuse_if_held
from briefs.services.writing import put_words, start_brief, void_clearances
from common.access import Refused, require
from directory.models import Organization
from directory.services.state import locked, refuse_if_changed
from solutions.models import Solution
from strategy.models.texts import Draft, Paragraph

# What stands before the sections, and what the brief is about.
WORDS = ("title", "summary", "key_messages")
TOPICS = ("themes", "sdgs")


def changed_meanwhile() -> str:
    """What a person reads whose form was overtaken."""
    return _("Somebody changed this while you were writing. Nothing of yours is lost: compare, then save again.")


@transaction.atomic
def create_brief(*, by: Any, agencies: list[Organization], values: dict[str, Any]) -> Brief:
    """Set up a brief that agencies write together; the first of them leads."""
    require(by, "briefs.add_brief")
    if not agencies:
        raise Refused(_("Choose at least one agency: somebody must write the brief."))
    values = dict(values)
    themes, goals = values.pop("themes", []), values.pop("sdgs", [])
    try:
        with transaction.atomic():
            brief = Brief.objects.create(**values)
    except IntegrityError as error:
        raise Refused(_("This number or this short name was taken in the meantime. Choose another one.")) from error
    brief.themes.set(themes)
    brief.sdgs.set(goals)
    for place, organization in enumerate(agencies):
        BriefAgency.objects.create(brief=brief, organization=organization, is_lead=not place)
    start_brief(brief=brief, by=by)
    return brief


@contextmanager
def changing(
    brief: Brief, *, by: Any, act: str, permission: str, kept: dict[str, Any] | None = None, is_editorial: bool = False
) -> Iterator[Brief]:
    """Lock an open brief, let its parts be changed, write the trace, and void clearances if the text is another one then.

    Args:
        is_editorial: nothing of substance changed: clearances of agencies that agreed to that stand.
    """
    with transaction.atomic():
        brief = locked(brief)
        require(by, permission, brief)
        if not brief.is_open:
            raise Refused(_("A published brief is not edited. Ask the secretariat to open it for a new edition."))
        before = text_hash(brief)
        yield brief
        agency = acting_agency(brief, by)
        MatterChange.objects.create(brief=brief, by=by, on_behalf_of=agency, act=act[:300], kept=kept or {})
        if text_hash(Brief.objects.get(pk=brief.pk)) != before:
            reason = _("%(act)s: the clearances given before are void.") % {"act": act.rstrip(".")}
            if is_editorial:
                reason = _("%(act)s; an editorial change only.") % {"act": act.rstrip(".")}
            void_clearances(brief=brief, by=by, on_behalf_of=agency, reason=reason, is_editorial=is_editorial)


def change_brief(
    *, brief: Brief, by: Any, seen: str | None, values: dict[str, Any], is_editorial: bool = False, note: str = ""
) -> Brief:
    """Change title, summary, key messages, themes and Goals; a save that changes nothing leaves no trace.

    What stood there before is kept in the trace: `briefs.selectors.revisions` reads every version from it.

    Args:
        is_editorial: spelling, punctuation, layout; nothing of substance.
        note: what was changed, for the history.
    """
    with transaction.atomic():
        present = locked(brief)
        refuse_if_changed(seen=seen, present=version_of_brief(present), refusal=changed_meanwhile())
        words = {name: values[name] for name in WORDS}
        same = words == {name: getattr(present, name) for name in words}
        for name in TOPICS:
            same = same and set(getattr(present, name).all()) == set(values[name])
        if same:
            require(by, "briefs.change_words", present)
            return present
        kept: dict[str, Any] = {name: getattr(present, name) for name in WORDS}
        kept |= {name: sorted(getattr(present, name).values_list("pk", flat=True)) for name in TOPICS}
        kept |= {"is_editorial": is_editorial, "note": note.strip()[:300]}
        act = _("Title, summary, key messages, themes or Goals were changed")
        with changing(present, by=by, act=act, permission="briefs.change_words", kept=kept, is_editorial=is_editorial) as changed:
            for name, value in words.items():
                setattr(changed, name, value)
            changed.save(update_fields=list(words))
            changed.themes.set(values["themes"])
            changed.sdgs.set(values["sdgs"])
        return changed


def change_footnotes(*, brief: Brief, by: Any, seen: str | None, footnotes: list[str]) -> Brief:
    """Change the footnotes. They keep their numbers: only the last ones can go, and only where no section points to them.

    Args:
        footnotes: all of them in order; an empty one is taken out.
    """
    notes = [note.strip() for note in footnotes]
    while notes and not notes[-1]:
        notes.pop()
    with transaction.atomic():
        present = locked(brief)
        refuse_if_changed(seen=seen, present=version_of_footnotes(present), refusal=changed_meanwhile())
        if "" in notes:
            raise Refused(
                _("Note %(number)d is empty, but notes follow it, and notes keep their numbers. Write another text there.")
                % {"number": notes.index("") + 1}
            )
        for number in range(len(notes) + 1, len(present.footnotes) + 1):
            mentioned = sections_with_note(present, number)
            if mentioned:
                raise Refused(
                    _("Note %(number)d is mentioned in “%(section)s”. Take its mark out of the text first.")
                    % {"number": number, "section": mentioned[0]}
                )
        if notes == present.footnotes:
            require(by, "briefs.change_matter", present)
            return present
        act = _("The footnotes were changed")
        with changing(
            present, by=by, act=act, permission="briefs.change_matter", kept={"footnotes": present.footnotes}
        ) as changed:
            changed.footnotes = notes
            changed.save(update_fields=["footnotes"])
        return changed


def change_agencies(*, brief: Brief, by: Any, seen: str | None, agencies: list[Organization], lead: Organization) -> Brief:
    """Change which agencies write the brief and who leads. One that writes a section stays until the section is another's."""
    if lead not in agencies:
        raise Refused(_("The lead agency must be one of the agencies that write the brief."))
    with transaction.atomic():
        present = locked(brief)
        refuse_if_changed(seen=seen, present=version_of_agencies(present), refusal=changed_meanwhile())
        gone = present.agencies.exclude(organization__in=agencies).select_related("organization")
        writing = present.sections.filter(organization__in=gone.values("organization")).select_related("organization").first()
        if writing:
            raise Refused(
                _("%(agency)s still writes the section “%(section)s”. Give the section to another agency first.")
                % {"agency": writing.organization, "section": writing.heading}
            )
        names = ", ".join(str(row) for row in agencies)
        act = _("The agencies are now: %(names)s; %(lead)s leads") % {"names": names, "lead": lead}
        before = [[row.organization.code, row.is_lead] for row in present.agencies.select_related("organization")]
        with changing(present, by=by, act=act, permission="briefs.change_brief", kept={"agencies": before}) as changed:
            gone.delete()
            changed.agencies.exclude(organization=lead).update(is_lead=False)
            for organization in agencies:
                BriefAgency.objects.get_or_create(brief=changed, organization=organization)
            changed.agencies.filter(organization=lead).update(is_lead=True)
        return changed


def _refuse_stranger(brief: Brief, organization: Organization) -> None:
    if not brief.agencies.filter(organization=organization).exists():
        raise Refused(_("%(agency)s does not write this brief. Add it to the agencies first.") % {"agency": organization})


def add_section(*, brief: Brief, by: Any, kind: str, heading: str, organization: Organization) -> Section:
    """Add an empty section or annex at the end of its kind, for an agency to write."""
    act = _("“%(heading)s” was added, to be written by %(agency)s") % {"heading": heading, "agency": organization}
    with changing(brief, by=by, act=act, permission="briefs.change_brief") as changed:
        _refuse_stranger(changed, organization)
        place = (changed.sections.order_by("position").values_list("position", flat=True).last() or 0) + 1
        return Section.objects.create(
            brief=changed, kind=kind, position=place, heading=heading.strip(), organization=organization
        )


def change_section(
    *, section: Section, by: Any, seen: str | None, kind: str, heading: str, organization: Organization
) -> Section:
    """Give a section another heading, kind or agency; its text stays. Another heading is a revision of the section.

    Raises:
        Refused: somebody changed the contents meanwhile, or somebody writes in a section that is given to another agency:
            what they are writing could not be saved any more.
    """
    with transaction.atomic():
        brief = locked(section.brief)
        section = locked(section)
        refuse_if_changed(seen=seen, present=version_of_order(brief), refusal=changed_meanwhile())
        heading = heading.strip()
        before = {"heading": section.heading, "kind": section.kind, "agency": section.organization.code}
        act = _("“%(heading)s” was renamed, given to an agency or made an annex") % {"heading": heading}
        with changing(brief, by=by, act=act, permission="briefs.change_brief", kept=before) as changed:
            _refuse_stranger(changed, organization)
            if organization != section.organization:
                refuse_if_held(section, by)
            if heading != section.heading:
                put_words(section, by=by, heading=heading, body=section.body)
            section.kind, section.organization = kind, organization
            section.save(update_fields=["kind", "organization"])
        return section


def move_section(*, section: Section, by: Any, seen: str | None, up: bool) -> Brief:
    """Move a section one place up or down among those of its kind."""
    with transaction.atomic():
        brief = locked(section.brief)
        refuse_if_changed(seen=seen, present=version_of_order(brief), refusal=changed_meanwhile())
        rows = list(brief.sections.filter(kind=section.kind))
        place = next(place for place, row in enumerate(rows) if row.pk == section.pk)
        other = place - 1 if up else place + 1
        if not 0 <= other < len(rows):
            raise Refused(_("It stands at this end already."))
        act = _("“%(heading)s” was moved") % {"heading": section.heading}
        with changing(brief, by=by, act=act, permission="briefs.change_brief") as changed:
            one, two = rows[place], rows[other]
            one.position, two.position = two.position, one.position
            Section.objects.bulk_update([one, two], ["position"])
        return changed


def remove_section(*, section: Section, by: Any, version: int, reason: str) -> Brief:
    """Remove a section in which nobody is writing; its text is kept in the trace with the reason."""
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say why it is removed: the agencies read the reason."))
    with transaction.atomic():
        brief = locked(section.brief)
        section = locked(section)
        refuse_if_changed(
            seen=str(version),
            present=str(section.version),
            refusal=_("Somebody saved this section after you opened this page. Read it again before you remove it."),
        )
        kept = {
            "kind": section.kind,
            "heading": section.heading,
            "agency": section.organization.code,
            "body": section.body,
            "reason": reason,
        }
        act = _("“%(heading)s” was removed: %(reason)s") % {"heading": section.heading, "reason": reason}
        with changing(brief, by=by, act=act, permission="briefs.change_brief", kept=kept) as changed:
            refuse_if_held(section, by)
            section.delete()
        return changed


def cite_solution(*, brief: Brief, by: Any, solution: Solution) -> None:
    """Let a brief point to a published solution; twice is once."""
    act = _("The solution “%(title)s” is cited") % {"title": solution.title}
    if brief.cited_solutions.filter(solution=solution).exists():
        return
    with changing(brief, by=by, act=act, permission="briefs.change_matter") as changed:
        if not Solution.objects.published().filter(pk=solution.pk).exists():
            raise Refused(_("Only published solutions are cited; this one is not public now."))
        CitedSolution.objects.get_or_create(brief=changed, solution=solution)


def cite_paragraph(*, brief: Brief, by: Any, paragraph: Paragraph) -> None:
    """Let a brief point to a paragraph of a draft that everybody may read; twice is once."""
    act = _("Paragraph %(number)s of %(draft)s is cited") % {"number": paragraph.number, "draft": paragraph.draft}
    if brief.cited_paragraphs.filter(paragraph=paragraph).exists():
        return
    with changing(brief, by=by, act=act, permission="briefs.change_matter") as changed:
        if not Draft.objects.visible_to(AnonymousUser()).filter(pk=paragraph.draft_id).exists():
            raise Refused(_("Only published drafts that everybody may read are cited: the brief will be read by everybody."))
        CitedParagraph.objects.get_or_create(brief=changed, paragraph=paragraph)


def drop_solution(*, brief: Brief, by: Any, cited: CitedSolution) -> None:
    """Take the pointer to a solution out of a brief."""
    act = _("The solution “%(title)s” is no longer cited") % {"title": cited.solution.title}
    with changing(brief, by=by, act=act, permission="briefs.change_matter", kept={"solution": cited.solution.slug}):
        cited.delete()


def drop_paragraph(*, brief: Brief, by: Any, cited: CitedParagraph) -> None:
    """Take the pointer to a paragraph out of a brief."""
    paragraph = cited.paragraph
    act = _("Paragraph %(number)s of %(draft)s is no longer cited") % {"number": paragraph.number, "draft": paragraph.draft}
    with changing(brief, by=by, act=act, permission="briefs.change_matter", kept={"paragraph": paragraph.pk}):
        cited.delete()
