"""The passage of a paragraph that a comment speaks of: found in that paragraph and nowhere else."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.access import Refused
from strategy.models import Paragraph
from strategy.models.markup import CONTEXT, find_passage, places_of


@dataclass(frozen=True)
class Quote:
    """A passage with the words around it, as it is kept with a comment."""

    exact: str = ""
    prefix: str = ""
    suffix: str = ""

    def values(self) -> dict[str, str]:
        """The fields of a comment."""
        return {"quote": self.exact, "quote_prefix": self.prefix, "quote_suffix": self.suffix}


def quote_from(paragraph: Paragraph | None, exact: str, prefix: str = "", suffix: str = "") -> Quote:
    """The passage as the paragraph has it, with its surroundings; an empty one where none is named.

    Raises:
        Refused: there is no paragraph, its text does not hold the passage, or holds it more than once and nothing says which.
    """
    if not exact.strip():
        return Quote()
    if paragraph is None:
        raise Refused(_("A passage belongs to a paragraph. Comment on the paragraph that holds it."))
    text = paragraph.reading
    places = places_of(text, exact)
    if not places:
        raise Refused(
            _("Paragraph %(number)s does not hold this passage. Copy it from the text of the paragraph, word for word.")
            % {"number": paragraph.number}
        )
    if len(places) > 1 and not (prefix.strip() or suffix.strip()):
        raise Refused(
            ngettext(
                "This passage stands %(n)d time in the paragraph. Add a few words around it, to say which is meant.",
                "This passage stands %(n)d times in the paragraph. Add a few words around it, to say which is meant.",
                len(places),
            )
            % {"n": len(places)}
        )
    place = find_passage(text, exact, prefix, suffix)
    assert place is not None
    return Quote(text[place.start : place.end], text[: place.start][-CONTEXT:], text[place.end :][:CONTEXT])
