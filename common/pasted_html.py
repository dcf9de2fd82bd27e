"""HTML from Word, other programs and editors, made simple: paragraphs, two levels of headings, lists, tables, emphasis.

What comes out holds no styles, classes (but of boxes) or empty elements, and the same words. It is no sanitizer:
whoever keeps the result cleans it afterwards.
"""

import re
from collections.abc import Callable
from html import escape
from typing import Any

from lxml import html as lxml_html
from lxml.etree import ParserError

from common.control_signs import without_control_signs

# Every pattern ends somewhere: what is pasted may open ten thousand comments and close none.
_START, _END = (re.compile(rf"<!--\s{{0,20}}{name}Fragment\s{{0,20}}-->", re.IGNORECASE) for name in ("Start", "End"))
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)|<!\[[^>]{0,200}>|<\?[^>]{0,500}>|<!doctype[^>]{0,500}>", re.DOTALL | re.IGNORECASE)
_DROPPED = {"head", "style", "script", "meta", "link", "title", "xml", "template", "iframe", "object", "svg", "math", "noscript"}
_BLOCKS = {"p", "h3", "h4", "ul", "ol", "blockquote", "aside", "table"}
_PARTS = {"li", "caption", "thead", "tbody", "tr", "th", "td"}
_INLINE = {"br", "strong", "em", "sub", "sup", "a", "img"}
_RENAMED = {"b": "strong", "i": "em", "h1": "h3", "h2": "h3", "h5": "h4", "h6": "h4", "tfoot": "tbody", "center": "div"}
_OF_CLASS = {"MsoTitle": "h3", "MsoSubtitle": "h4", "MsoQuote": "blockquote", "MsoIntenseQuote": "blockquote"}
_ORDERED = re.compile(r"^\s*\(?(?:\d{1,3}|[ivxlc]{1,6}|[a-z])[.)]\s*$", re.IGNORECASE)
_LIST_LEVEL = re.compile(r"mso-list:\s*\S+\s+level(\d)", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\r\n\f\u00a0]+")
_DEEPEST = 5


def simple_html(source: str) -> str:
    """Return `source` as simple HTML. Signs that no page can show – they come out of PDFs – become spaces."""
    source = without_control_signs(_COMMENT.sub("", _fragment(source)))
    if not source.strip():
        return ""
    try:
        root = lxml_html.fragment_fromstring(source, create_parent="div")
    except ParserError:  # nothing in it is an element or a word: it stays as it was typed
        return f"<p>{escape(source.strip())}</p>"
    _drop(root)
    _word_lists(root)
    _rename(root)
    _spaces(root)
    _blocks(root)
    for table in root.iter("table"):
        _table(table)
    _tidy(root)
    return "".join(_written(child) for child in root).strip()


def _fragment(source: str) -> str:
    """What stands between the marks that programs put around what was copied; all of it where there are none."""
    start = _START.search(source)
    end = _END.search(source, start.end()) if start else None
    return source[start.end() : end.start()] if start and end else source


def _written(element: Any) -> str:
    return str(lxml_html.tostring(element, encoding="unicode", with_tail=True)).strip("\n")


def _style(element: Any) -> str:
    return re.sub(r"\s*:\s*", ":", (element.get("style") or "").casefold())


def _drop(root: Any) -> None:
    """Take out what is no text, and the runs that only other programs see."""
    for element in list(root.iter()):
        if not isinstance(element.tag, str) or (
            element is not root
            and (element.tag in _DROPPED or "mso-hide:all" in _style(element) or "display:none" in _style(element))
        ):
            element.drop_tree()


def _word_lists(root: Any) -> None:
    """Word pastes the items of a list as paragraphs that name their level; they become lists again."""
    stack: list[Any] = []
    last: Any = None
    for element in list(root.iter("p", "h1", "h2", "h3")):
        level = _LIST_LEVEL.search(element.get("style") or "")
        if level is None or element.getparent() is None:
            stack = []
            continue
        if last is None or (element.getprevious() is not last and element.getprevious() is not (stack[0] if stack else None)):
            stack = []
        depth = min(int(level[1]), _DEEPEST)
        marks = [one for one in element.iter("span") if "mso-list:ignore" in _style(one)]
        mark = "".join(one.text_content() for one in marks)
        for one in marks:
            one.drop_tree()
        kind = "ol" if _ORDERED.match(mark.replace("\u00a0", " ")) else "ul"
        del stack[depth:]
        if not stack:
            top = lxml_html.Element(kind)
            element.addprevious(top)
            stack = [top]
        while len(stack) < depth:
            items = stack[-1].findall("li")
            holder = items[-1] if items else lxml_html.Element("li")
            if not items:
                stack[-1].append(holder)
            inner = lxml_html.Element(kind)
            holder.append(inner)
            stack.append(inner)
        element.tag = "li"
        element.tail = None
        element.attrib.clear()
        stack[-1].append(element)
        last = stack[0]


def _rename(root: Any) -> None:
    """Give every element the name that the portal knows it by; drop the rest, and all attributes but a few."""
    for element in list(root.iter()):
        if element is root or element.getparent() is None:
            continue
        style, classes = _style(element), (element.get("class") or "").split()
        tag = next((_OF_CLASS[name] for name in classes if name in _OF_CLASS), _RENAMED.get(element.tag, element.tag))
        if element.tag in {"b", "strong"} and re.search(r"font-weight:(?:normal|400)", style):
            tag = "span"  # what Google Docs wraps around everything
        if tag == "aside" and "box" not in classes:
            tag = "div"
        if tag == "span":
            tag = _emphasis_of(style)
        if tag == "a" and not re.match(r"(?:https?|mailto):", element.get("href") or "", re.IGNORECASE):
            tag = ""
        if tag == "div" or tag in _BLOCKS | _PARTS | _INLINE:
            element.tag = tag
            _keep_attributes(element)
        else:
            element.drop_tag()
    for element in list(root.iter("li")):
        if element.getparent().tag not in {"ul", "ol"}:
            element.tag = "p"
    for element in list(root.iter(*sorted(_PARTS - {"li"}))):
        if next(element.iterancestors("table"), None) is None:
            element.drop_tag()


def _emphasis_of(style: str) -> str:
    """What a styled run of words means."""
    if re.search(r"font-weight:(?:bold|[6-9]00)", style):
        return "strong"
    if "font-style:italic" in style:
        return "em"
    if "vertical-align:super" in style:
        return "sup"
    if "vertical-align:sub" in style:
        return "sub"
    return ""


_KEPT = {
    "a": {"href"}, "th": {"scope", "colspan", "rowspan"}, "td": {"colspan", "rowspan"}, "ol": {"start"},
    "aside": {"class"}, "img": {"src", "alt"},
}  # fmt: skip


def _keep_attributes(element: Any) -> None:
    for name in list(element.attrib):
        value = element.get(name)
        if name not in _KEPT.get(element.tag, ()) or (name in {"colspan", "rowspan", "start"} and value == "1"):
            del element.attrib[name]


def _spaces(root: Any) -> None:
    """Single spaces: programs break lines and use fixed spaces where they please."""
    for element in root.iter():
        # Once more: a control sign may have been written as a number.
        if element.text:
            element.text = _SPACE.sub(" ", without_control_signs(element.text))
        if element.tail:
            element.tail = _SPACE.sub(" ", without_control_signs(element.tail))


def _is_block(element: Any) -> bool:
    return element.tag in _BLOCKS or element.tag == "div"


def _blocks(parent: Any) -> None:
    """Unwrap divisions, and put words that stand loose between blocks into paragraphs."""
    for child in list(parent):
        if child.tag == "div":
            if any(_is_block(one) for one in child):
                _blocks(child)
                child.drop_tag()
            else:
                child.tag = "p"
        elif child.tag in {"blockquote", "aside"}:
            _blocks(child)
        elif child.tag in {"p", "h3", "h4", "strong", "em", "a"} and any(_is_block(one) for one in child):
            child.drop_tag()
    loose: Any = None
    if parent.text and parent.text.strip():
        loose = lxml_html.Element("p")
        loose.text, parent.text = parent.text, None
        parent.insert(0, loose)
    else:
        parent.text = None
    for child in list(parent):
        if child is loose:
            continue
        if _is_block(child):
            loose = None
        else:
            tail, child.tail = child.tail, None
            if loose is None:
                loose = lxml_html.Element("p")
                child.addprevious(loose)
            loose.append(child)
            child.tail = tail
            continue
        tail, child.tail = child.tail, None
        if tail and tail.strip():
            loose = lxml_html.Element("p")
            loose.text = tail
            child.addnext(loose)


def _table(table: Any) -> None:
    """Cells hold words, no paragraphs; a first row that is bold throughout is a row of headings."""
    for cell in list(table.iter("th", "td", "caption")):
        paragraphs = list(cell.iter("p"))
        for place, one in enumerate(paragraphs):
            if place:
                one.addprevious(lxml_html.Element("br"))
            one.drop_tag()
    rows = list(table.iter("tr"))
    if not rows:
        table.drop_tag()
        return
    first = list(rows[0])
    if first and len(rows) > 1 and all(cell.tag == "td" and _is_all_bold(cell) for cell in first):
        for cell in first:
            cell.tag = "th"
            for one in list(cell.iter("strong")):
                one.drop_tag()
    if first and all(cell.tag == "th" for cell in first):
        for cell in first:
            if not cell.get("scope"):
                cell.set("scope", "col")
        if table.find("thead") is None:
            _set_head(table, rows)
    for row in rows[1:]:
        for cell in row.findall("th"):
            if not cell.get("scope"):
                cell.set("scope", "row")


def _is_all_bold(cell: Any) -> bool:
    words = cell.text_content().strip()
    return bool(words) and "".join(one.text_content() for one in cell.iter("strong")).strip() == words


def _set_head(table: Any, rows: list[Any]) -> None:
    head, body = lxml_html.Element("thead"), lxml_html.Element("tbody")
    caption = table.find("caption")
    for row in rows:
        row.tail = None
        (head if row is rows[0] else body).append(row)
    for old in [*table.findall("tbody"), *table.findall("thead")]:
        table.remove(old)
    table.text = None
    if caption is not None:
        caption.tail = None
    table.append(head)
    if len(body):
        table.append(body)


def _tidy(root: Any) -> None:
    """Drop what is empty, merge what is doubled, trim the ends of blocks."""
    for element in list(root.iter("strong", "em", "sub", "sup", "a")):
        parent = element.getparent()
        if (
            parent is not None
            and (parent.tag == element.tag or not element.text_content().strip())
            and not len(element.findall(".//img"))
        ):
            element.drop_tag()
    for item in root.iter("li"):
        inner = item.findall("p")
        # Editors put every item into a paragraph; of two, the division means something.
        if len(inner) == 1 and item[0] is inner[0] and not (item.text or "").strip():
            inner[0].drop_tag()
    for element in list(root.iter("p", "h3", "h4", "li", "th", "td", "caption", "blockquote", "aside")):
        _trim(element)
    for element in reversed(list(root.iter("p", "h3", "h4", "li", "ul", "ol", "blockquote", "aside"))):
        if not len(element) and not (element.text or "").strip():
            element.drop_tree()
    _between(
        root,
        lambda element: element is root or element.tag in {"ul", "ol", "table", "thead", "tbody", "tr", "blockquote", "aside"},
    )


def _trim(element: Any) -> None:
    if element.text:
        element.text = element.text.lstrip()
    while len(element) and element[-1].tag == "br" and not (element[-1].tail or "").strip():
        element.remove(element[-1])
    if len(element):
        if element[-1].tail:
            element[-1].tail = element[-1].tail.rstrip()
    elif element.text:
        element.text = element.text.rstrip()
    for line in element.iter("br"):
        before = line.getprevious()
        if before is not None and before.tail:
            before.tail = before.tail.rstrip()
        elif before is None and line.getparent().text:
            line.getparent().text = line.getparent().text.rstrip()
        if line.tail:
            line.tail = line.tail.lstrip()


def _between(root: Any, holds_blocks: Callable[[Any], bool]) -> None:
    """No space between blocks."""
    for element in root.iter():
        if holds_blocks(element):
            if element.text and not element.text.strip():
                element.text = None
            for child in element:
                if child.tail and not child.tail.strip():
                    child.tail = None
