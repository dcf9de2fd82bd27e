"""The compilation text as a Word document: with brackets to read and to print, or with tracked changes to work on.

Of the tracked changes the rule is: proposals are taken in the order of their numbers, each as a whole or not at all. One whose
words touch the words that an earlier one changes is not tracked; its comment then holds the proposed words and says why. So
nothing is lost, "Reject all" gives back the draft, and no change depends on whether another is accepted.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override
from docx.enum.style import WD_STYLE_TYPE
from docx.shared import RGBColor

from strategy.documents.blocks import Block, as_block, clean, runs_of
from strategy.documents.compilation_words import label_of, notes_of
from strategy.documents.word_revisions import Remark, RevisedText, Revision, Who, initials_of, joined
from strategy.documents.word_writing import WordText
from strategy.enums import ParagraphKind
from strategy.models.markup import find_passage
from strategy.selectors.bracket_words import comma, text_of
from strategy.selectors.brackets import Bracket, Standing, Voice, Woven, in_text
from strategy.selectors.compilation import Compilation, Compiled

Report = Callable[[int, int], None]
BRACKET_STYLE = "SSC Bracket"
_STEP = 50  # paragraphs between two reports


def quiet(_done: int, _total: int) -> None:
    """Report to nobody."""


# --- In brackets -----------------------------------------------------------------------------------------------------


def bracketed_docx(compilation: Compilation, *, report: Report = quiet) -> bytes:
    """The text with its brackets as plain text, comments without a proposal at the end."""
    draft = compilation.draft
    with override(draft.language):
        text = WordText(title=draft.strategy.title, label=label_of(compilation), language=draft.language)
        _add_bracket_style(text)
        blocks = []
        for place, one in enumerate(compilation.paragraphs):
            blocks.append(as_block(one.paragraph))
            is_row = one.paragraph.kind == ParagraphKind.TABLE_ROW
            text.add_block(blocks[-1], write=_bracketed(text, one.woven, cells=len(blocks[-1].cells) if is_row else 0))
            for bracket in one.woven.behind if not is_row else []:
                _add_paragraph(text, [(BRACKET_STYLE, text_of(bracket))])
            if place % _STEP == 0:
                report(place, len(compilation.paragraphs))
        _add_notes(text, compilation)
        text.remember(slug=draft.strategy.slug, number=draft.number, sha256=draft.text_hash(), blocks=blocks)
        return text.bytes()


def _add_bracket_style(text: WordText) -> None:
    style: Any = text.document.styles.add_style(BRACKET_STYLE, WD_STYLE_TYPE.CHARACTER)
    style.font.bold = True
    style.font.color.rgb = RGBColor(0x0B, 0x3F, 0x46)


def _bracketed(text: WordText, woven: Woven, *, cells: int) -> Callable[[Any, Block], None]:
    """Writes a paragraph, or the cells of a row one after the other; the last holds what is proposed to the whole row."""
    offset, left = 0, cells

    def write(paragraph: Any, block: Block) -> None:
        nonlocal offset, left
        runs = runs_of(block.text, len(block.footnotes))
        for piece in in_text(runs, woven.brackets, offset):
            if isinstance(piece, Standing):
                _add_standing(text, paragraph, piece)
            else:
                text.add_runs(paragraph, [piece], block.footnotes)
        offset, left = offset + sum(len(run.text) for run in runs) + 1, left - 1
        for bracket in woven.behind if left == 0 else []:
            _add_standing(text, paragraph, Standing(bracket, " ", ""))

    return write


def _add_standing(text: WordText, paragraph: Any, one: Standing) -> None:
    text.add_styled(paragraph, f"{one.left}{clean(text_of(one.bracket))}{one.right}", BRACKET_STYLE)


def _add_paragraph(text: WordText, pieces: Iterable[tuple[str, str]]) -> None:
    """A paragraph of our own between those of the text: each piece with its character style."""

    def write(paragraph: Any, _block: Block) -> None:
        for style, words in pieces:
            text.add_styled(paragraph, clean(words), style)

    text.add_block(Block(ParagraphKind.PARAGRAPH, "", ""), write=write)


def _add_notes(text: WordText, compilation: Compilation) -> None:
    notes = notes_of(compilation)
    if notes:
        text.add_block(Block(ParagraphKind.HEADING1, "", _("Comments without a proposed text")))
    for note in notes:
        _add_paragraph(text, [(BRACKET_STYLE, f"{note.head}: "), ("", "\n".join(note.lines))])


# --- With tracked changes --------------------------------------------------------------------------------------------


def revisions_docx(compilation: Compilation, *, report: Report = quiet) -> bytes:
    """The text with proposals as tracked changes and every comment as a comment, the agency as their author."""
    draft = compilation.draft
    with override(draft.language):
        text = RevisedText(title=draft.strategy.title, label=label_of(compilation), language=draft.language)
        blocks = []
        for place, one in enumerate(compilation.paragraphs):
            blocks.append(as_block(one.paragraph))
            _add_revised(text, blocks[-1], one)
            if place % _STEP == 0:
                report(place, len(compilation.paragraphs))
        text.remark_on_title(Remark(0, 0, who(voice), remark_lines(voice, None)) for voice in compilation.whole)
        text.remember(slug=draft.strategy.slug, number=draft.number, sha256=draft.text_hash(), blocks=blocks)
        return text.bytes()


def who(voice: Voice) -> Who:
    return Who(voice.speaker, initials_of(voice.speaker), voice.at)


def tracked(woven: Woven) -> tuple[list[Bracket], dict[int, Bracket]]:
    """The brackets that are tracked, and for each proposal that is not the bracket that it would touch."""
    by_voice: dict[int, list[Bracket]] = {}
    for bracket in woven.all:
        for voice in bracket.voices:
            by_voice.setdefault(voice.number, []).append(bracket)
    taken: list[Bracket] = []
    left: dict[int, Bracket] = {}
    for number in sorted(by_voice):
        mine = by_voice[number]
        other = next((old for old in taken for new in mine if new is not old and _touch(old, new)), None)
        if other is not None:
            left[number] = other
        else:
            taken += [one for one in mine if one not in taken]
    return taken, left


def _touch(one: Bracket, other: Bracket) -> bool:
    """Whether two brackets cannot both be tracked. Words put in at one place follow each other."""
    if one.kind == other.kind == "add":
        return False
    return one.start <= other.end and other.start <= one.end


def _add_revised(text: RevisedText, block: Block, one: Compiled) -> None:
    woven = one.woven
    taken, left = tracked(woven)
    brackets: dict[int, list[Bracket]] = {}
    for bracket in woven.all:
        for voice in bracket.voices:
            brackets.setdefault(voice.number, []).append(bracket)
    voices = {voice.number: voice for bracket in woven.all for voice in bracket.voices}
    voices |= {voice.number: voice for voice in woven.notes}
    remarks = [
        Remark(*_passage(woven, voice, brackets.get(number, [])), who(voice), remark_lines(voice, left.get(number)))
        for number, voice in sorted(voices.items())
    ]
    for bracket in taken:
        if bracket.kind == "remove":
            text.add_removed(block, _author(bracket), remarks)
            return
    revisions = [Revision(row.start, row.end, row.new, _author(row)) for row in taken]
    text.add_revised(block, revisions, remarks)


def _author(bracket: Bracket) -> Who:
    moments = [voice.at for voice in bracket.voices if voice.at]
    return Who(joined(bracket.speakers, comma()), at=min(moments, default=None))


def _passage(woven: Woven, voice: Voice, brackets: list[Bracket]) -> tuple[int, int]:
    """The words that a comment speaks of: those that it changes, else its passage, else the whole paragraph."""
    if brackets:
        return min(one.start for one in brackets), max(one.end for one in brackets)
    reading = woven.reading
    passage = find_passage(reading, voice.quote, voice.quote_prefix, voice.quote_suffix) if voice.quote else None
    return (passage.start, passage.end) if passage else (0, len(reading))


def remark_lines(voice: Voice, other: Bracket | None) -> tuple[str, ...]:
    """A comment in lines: its number and type, what was decided, what it says and proposes, and why that is not tracked."""
    head = _("Comment no. %(number)d · %(type)s") % {"number": voice.number, "type": voice.type_word}
    lines = [f"{head} · {voice.decision_word}" if voice.decision else head]
    lines += voice.text.split("\n") if voice.text else []
    if voice.proposes_deletion:
        lines.append(_("Proposes to delete the paragraph."))
    elif voice.proposed_text:
        lines += (_("Proposed text: %(words)s") % {"words": voice.proposed_text}).split("\n")
    if other is not None:
        names = comma().join(other.speakers)
        lines.append(_("Not tracked here: it concerns words that a proposal of %(names)s changes too.") % {"names": names})
    return tuple(lines)
