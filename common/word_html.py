"""A Word document as simple HTML with its footnotes and pictures, by mammoth, of a file that was checked before."""

import io
import re
from dataclasses import dataclass, field
from typing import Any

import mammoth
from django.utils.translation import gettext as _
from lxml import html as lxml_html
from PIL import Image, UnidentifiedImageError

from common.access import Refused
from common.pasted_html import simple_html
from common.word_files import WordParts
from common.word_notes import WordNotes, word_notes

MOST_PICTURES = 60
LARGEST_PICTURE = 10 * 1024 * 1024  # bytes
MOST_PIXELS = 50_000_000
_MIMES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}
# Headings stay what they are here: whoever takes the text decides which of them begins what.
_STYLES = """
p[style-name='Title'] => p.title:fresh
p[style-name='Subtitle'] => p.subtitle:fresh
p[style-name='Quote'] => blockquote > p:fresh
p[style-name='Intense Quote'] => blockquote > p:fresh
p[style-name='Caption'] => p:fresh
comment-reference => sup.comment
"""
_NO_ALTERNATIVE = re.compile(
    r"\.(?:png|jpe?g|gif|webp|bmp|tiff?|emf|wmf|svg)$|description automatically generated|ai-generated content", re.IGNORECASE
)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


@dataclass(frozen=True)
class ImportedPicture:
    """A picture of a document: its bytes, what they are, and what it shows, in the document's words."""

    content: bytes
    mime: str
    alt: str


@dataclass
class Part:
    """A heading of the highest level with what stands below it, as simple HTML; no heading before the first."""

    heading: str
    body: str


@dataclass
class WordText:
    """What was read from a document.

    In the bodies `[^n]` calls the nth footnote, and a paragraph `[figure picture-n]` is the place of the nth picture.
    """

    title: str = ""
    parts: list[Part] = field(default_factory=list)
    footnotes: list[str] = field(default_factory=list)
    pictures: list[ImportedPicture] = field(default_factory=list)
    lost_pictures: int = 0
    notes: WordNotes = field(default_factory=WordNotes)


def read_word_text(content: bytes) -> WordText:
    """Read a Word document.

    Raises:
        Refused: what cannot be read, or not safely; a sentence says what to do.
    """
    if not content:
        raise Refused(_("The file is empty. Choose another one."))
    parts = WordParts(content)
    for name in sorted(parts.names):
        if name.endswith((".xml", ".rels")):
            parts.xml(name)  # each is read once with care before a reader that takes none sees it
    reader = _Reader()
    try:
        # No path and no access: pictures that a document only points to are never fetched.
        result = mammoth.convert_to_html(
            io.BytesIO(content),
            style_map=_STYLES,
            convert_image=mammoth.images.img_element(reader.keep_picture),
            external_file_access=False,
        )
    except Exception as error:  # mammoth says what it stumbles over by many names
        raise Refused(
            _("This Word document is damaged and cannot be read. Open it in Word, save it again, then upload it.")
        ) from error
    reader.read(result.value)
    reader.text.notes = word_notes(parts)
    return reader.text


class _Reader:
    def __init__(self) -> None:
        self.text = WordText()

    def keep_picture(self, image: Any) -> dict[str, str]:
        """Keep a picture that browsers show; the others are counted."""
        found = None
        if len(self.text.pictures) < MOST_PICTURES:
            try:
                with image.open() as source:
                    found = _picture(source.read(LARGEST_PICTURE + 1), image.alt_text or "")
            except Exception:  # a picture that is only pointed to, or damaged
                found = None
        if found is None:
            self.text.lost_pictures += 1
            return {"src": ""}
        self.text.pictures.append(found)
        return {"src": f"picture-{len(self.text.pictures)}"}

    def read(self, source: str) -> None:
        root = lxml_html.fragment_fromstring(source, create_parent="div")
        self._notes(root)
        self._pictures(root)
        for mark in root.find_class("comment"):
            mark.drop_tree()
        titles = root.find_class("title")
        if titles:
            self.text.title = " ".join(titles[0].text_content().split())
            titles[0].drop_tree()
        self._split(root)

    def _notes(self, root: Any) -> None:
        """Take the footnotes out of the end, and put the marks of the portal where they are called."""
        numbers: dict[str, int] = {}
        for mark in list(root.iter("sup")):
            link = mark.find("a")
            name = (link.get("href") or "").removeprefix("#") if link is not None else ""
            if re.fullmatch(r"(?:foot|end)note-\d+", name):
                number = numbers.setdefault(name, len(numbers) + 1)
                tail, mark.tail = mark.tail, None
                mark.text = f"[^{number}]"
                for child in list(mark):
                    mark.remove(child)
                mark.tail = tail
                mark.drop_tag()
        notes = [""] * len(numbers)
        for item in list(root.iter("li")):
            name = item.get("id") or ""
            if not re.fullmatch(r"(?:foot|end)note-\d+", name):
                continue
            for back in list(item.iter("a")):
                if (back.get("href") or "").startswith(("#footnote-ref", "#endnote-ref")):
                    back.drop_tree()
            if name in numbers:
                notes[numbers[name] - 1] = " ".join(item.text_content().split())
            holder = item.getparent()
            item.drop_tree()
            if holder is not None and not len(holder):
                holder.drop_tree()
        self.text.footnotes = notes

    def _pictures(self, root: Any) -> None:
        """Every picture stands in a paragraph of its own, as a mark."""
        for image in list(root.iter("img")):
            name = image.get("src") or ""
            block = next((one for one in image.iterancestors() if one.getparent() is root), image)
            image.drop_tree()
            if name:
                mark = lxml_html.Element("p")
                mark.text = f"[figure {name}]"
                block.addnext(mark)
                mark.tail, block.tail = block.tail, None

    def _split(self, root: Any) -> None:
        levels = sorted({one.tag for one in root.iter(*_HEADINGS) if one.getparent() is root})
        top = levels[0] if levels else ""
        below = {tag: ("h3" if place == 0 else "h4") for place, tag in enumerate(levels[1:])}
        heading, blocks = "", list[str]()
        for block in root:
            if block.tag == top:
                self._add(heading, blocks)
                heading, blocks = " ".join(block.text_content().split())[:200], []
            else:
                if block.tag in below:
                    block.tag = below[block.tag]
                blocks.append(lxml_html.tostring(block, encoding="unicode"))
        self._add(heading, blocks)

    def _add(self, heading: str, blocks: list[str]) -> None:
        body = simple_html("".join(blocks))
        if heading or body:
            self.text.parts.append(Part(heading, body))


def _picture(content: bytes, alt: str) -> ImportedPicture | None:
    """A picture that browsers show and that is no bomb; None for others."""
    if len(content) > LARGEST_PICTURE:
        return None
    try:
        with Image.open(io.BytesIO(content), formats=list(_MIMES)) as image:
            if image.width * image.height > MOST_PIXELS:
                return None
            mime = _MIMES[str(image.format)]
            image.verify()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    return ImportedPicture(content, mime, _alternative(alt))


def _alternative(alt: str) -> str:
    """The alternative text that a person wrote; the name of a file and what a program guessed are none."""
    words = " ".join(alt.split())
    return "" if _NO_ALTERNATIVE.search(words) else words[:500]
