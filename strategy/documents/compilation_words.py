"""What the files of a compilation text say of the whole: how many brackets are open, and which comments propose no text."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from strategy.documents.blocks import clean
from strategy.selectors.brackets import Voice
from strategy.selectors.compilation import Compilation


def label_of(compilation: Compilation) -> str:
    """The draft, what is made of it, how many brackets are open, and as of when: a compilation changes with every decision."""
    figures = compilation.figures
    open_brackets = ngettext("%(open)d open bracket of %(total)d", "%(open)d open brackets of %(total)d", figures.open) % {
        "open": figures.open, "total": figures.total
    }  # fmt: skip
    return _("%(draft)s – compilation text, %(brackets)s, as of %(date)s") % {
        "draft": compilation.draft.label, "brackets": open_brackets, "date": f"{timezone.now():%Y-%m-%d %H:%M} UTC"
    }  # fmt: skip


@dataclass(frozen=True)
class Note:
    """A comment without other words: where it stands and who makes it, and what it says."""

    head: str
    lines: list[str]


def notes_of(compilation: Compilation) -> list[Note]:
    """The comments that propose no other words, those on the draft as a whole first, then by paragraph."""
    rows = [(_("The draft as a whole"), voice) for voice in compilation.whole]
    rows += [(one.paragraph.number, voice) for one in compilation.paragraphs for voice in one.woven.notes]
    return [Note(clean(f"{place} – {voice.speaker} ({voice.type_word})"), note_lines(voice)) for place, voice in rows]


def note_lines(voice: Voice) -> list[str]:
    """What a comment without other words says; a proposal of the words that stand there is one of them."""
    lines = [clean(voice.text)] if voice.text else []
    if voice.proposed_text:
        lines.append(_("Proposes the words that stand there: %(words)s") % {"words": clean(voice.proposed_text)})
    return lines
