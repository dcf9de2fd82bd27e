"""Template tags of the interface: heads, chips, times, filters, language links, icons. `{% load ui %}`."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.conf import settings
from django.forms import BaseForm
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse, translate_url
from django.utils import formats, timezone, translation
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, get_language_info, ngettext, pgettext
from django.utils.translation import gettext as _

from common.bidi import isolated as isolated_words
from common.translated import shown_language
from common.ui_words import ICONS, LANGUAGE_NAMES, SDG_NAMES, SECTIONS, TONES

register = template.Library()


# --- The frame of the page -------------------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def main_nav(context: template.Context) -> list[dict[str, Any]]:
    """The sections of the main navigation with their address, and which one the reader is in."""
    request = context.get("request")
    here = getattr(request, "path", "")
    sections = []
    for label, url_name in SECTIONS:
        try:
            url = reverse(url_name)
        except NoReverseMatch:
            continue
        sections.append({"label": label, "url": url, "current": here == url, "within": here.startswith(url)})
    return sections


@register.simple_tag(takes_context=True)
def language_links(context: template.Context) -> list[dict[str, Any]]:
    """The same page in each language of the portal: code, name in that language, address, whether it is this one."""
    request: HttpRequest | None = context.get("request")
    here = request.get_full_path() if request else "/"
    active = translation.get_language()
    return [
        {
            "code": code,
            "name": LANGUAGE_NAMES.get(code, name),
            "short": code.split("-")[0].upper(),
            "bidi": get_language_info(code)["bidi"],
            "url": translate_url(here, code),
            "current": code == active,
        }
        for code, name in settings.LANGUAGES
    ]


@register.simple_tag
def icon(name: str, flip: bool = False) -> SafeString:
    """A small line drawing beside a word; decorative, so hidden from screen readers. `flip` mirrors it in Arabic."""
    return format_html(
        '<svg class="icon icon-{}{}" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{}</svg>',
        name,
        " icon-flip" if flip else "",
        mark_safe(ICONS[name]),  # noqa: S308 - the drawings are constants of this code
    )


# --- Heads, notices, empty states: blocks with a body ----------------------------------------------------------------


@register.simple_block_tag
def page_header(content: str, title: str, eyebrow: str = "", lead: str = "") -> str:
    """The head of a page; what stands between the tags is its row of actions or facts."""
    return render_to_string(
        "components/page_header.html",
        {"title": title, "eyebrow": eyebrow, "lead": lead, "actions": mark_safe(content.strip())},  # noqa: S308 - rendered by the template
    )


@register.simple_block_tag
def breadcrumb(content: str) -> str:
    """The way to this page: `<li>` items between the tags, the last with aria-current="page"."""
    return render_to_string("components/breadcrumb.html", {"items": content})


@register.simple_block_tag
def notice(content: str, tone: str = "note", title: str = "", role: str = "") -> str:
    """A notice in the text. tone: note, good, warn, bad. role="status" or "alert" only when it has just happened."""
    return render_to_string("components/notice.html", {"tone": tone, "title": title, "role": role, "body": content})


@register.simple_block_tag
def empty_state(content: str, title: str) -> str:
    """What a list without rows says: the fact in `title`, what to do about it between the tags."""
    return render_to_string("components/empty_state.html", {"title": title, "body": content})


@register.simple_block_tag
def tabs(content: str, label: str) -> str:
    """Tabs that are links: `{% tab url text current count %}` between the tags; `label` names the group."""
    return render_to_string("components/tabs.html", {"items": content, "label": label})


@register.inclusion_tag("components/tab.html")
def tab(url: str, text: str, current: bool = False, count: int | None = None) -> dict[str, Any]:
    """One tab inside `{% tabs %}`."""
    return {"url": url, "text": text, "current": current, "count": count}


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms: BaseForm) -> dict[str, Any]:
    """The list of a refused form's errors, each a link to its field; nothing when the forms are in order."""
    rows = []
    for form in forms:
        if not form or not form.is_bound:
            continue
        rows += [{"id": "", "label": "", "text": text} for text in form.non_field_errors()]
        for field in form:
            rows += [{"id": field.id_for_label, "label": field.label, "text": text} for text in field.errors]
    return {"rows": rows}


@register.simple_tag
def comma() -> str:
    """What stands between two words of a list or between a date and an hour: ", ", in Arabic "، "."""
    return pgettext("between two words of a list, or a date and an hour", ", ")


@register.filter(is_safe=True)
def isolated(words: Any) -> str:
    """A name or a title inside a sentence that may be in another script: `{% blocktranslate with name=row.name|isolated %}`."""
    return isolated_words(words)


@register.simple_tag
def written_in(thing: Any, field: str) -> SafeString | str:
    """The attributes `lang` and `dir` of a translated field that is shown in another language than the page; else nothing."""
    code = shown_language(thing, field)
    if code == get_language():
        return ""
    return format_html(' lang="{}" dir="{}"', code, "rtl" if get_language_info(code)["bidi"] else "ltr")


# --- Chips -----------------------------------------------------------------------------------------------------------


@register.filter
def tone(state: str) -> str:
    """The tone of a state's code: good, warn, bad, note or quiet."""
    return TONES.get(str(state), "quiet")


@register.inclusion_tag("components/chip.html")
def chip(label: str, tone: str = "quiet", title: str = "") -> dict[str, str]:
    """A short word in a pill; the shape before it repeats the tone. tone="plain" has no shape."""
    return {"label": label, "tone": tone, "title": title}


@register.inclusion_tag("components/chip.html")
def state_chip(thing: Any, field: str = "state") -> dict[str, str]:
    """The chip of a model's state field: its translated label in the tone of its code."""
    code = getattr(thing, field)
    display = getattr(thing, f"get_{field}_display", None)
    return {"label": display() if display else str(code), "tone": tone(code), "title": ""}


@register.inclusion_tag("components/sdg_chips.html")
def sdg_chips(goals: Iterable[Any], names: bool = True, base_url: str = "") -> dict[str, Any]:
    """Goals as coloured numbers with their names. `goals`: numbers or objects with `number`. `base_url`: link prefix."""
    numbers = [int(getattr(goal, "number", goal)) for goal in goals]
    return {"goals": [{"number": n, "name": SDG_NAMES[n - 1]} for n in numbers], "names": names, "base_url": base_url}


# --- Time ------------------------------------------------------------------------------------------------------------


def _in_zone(moment: datetime, tz: str | None) -> datetime:
    """The moment on the clock of the place (an IANA zone name), or of the reader's active zone."""
    return moment.astimezone(ZoneInfo(tz)) if tz else timezone.localtime(moment)


def _zone_name(moment: datetime, tz: str | None) -> str:
    """How the place's clock is named: "Istanbul, UTC+3", or "UTC"."""
    offset = moment.utcoffset()
    minutes = int(offset.total_seconds() // 60) if offset else 0
    if not minutes and tz in (None, "UTC"):
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    sign = "+" if minutes >= 0 else "−"
    utc = f"UTC{sign}{hours}" + (f":{rest:02d}" if rest else "")
    city = (tz or "").rpartition("/")[2].replace("_", " ")
    return f"{city}, {utc}" if city else utc


@register.inclusion_tag("components/moment.html")
def moment(value: datetime, tz: str | None = None, date_only: bool = False) -> dict[str, Any]:
    """A date and hour on the place's clock; a script adds the reader's own where it differs."""
    here = _in_zone(value, tz)
    return {
        "iso": value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "date": formats.date_format(here, "DATE_FORMAT"),
        "time": "" if date_only else formats.date_format(here, "H:i"),
        "zone": "" if date_only else _zone_name(here, tz),
    }


@register.inclusion_tag("components/deadline.html")
def deadline(
    value: datetime, tz: str | None = None, label: str = "", now: datetime | None = None, stays_due: bool = False
) -> dict[str, Any]:
    """A deadline: the exact hour at the place, UTC, and on signed-in pages (pass `now`) the time left.

    Args:
        stays_due: after the deadline it has still to be done, so it is overdue and not closed.
    """
    here = _in_zone(value, tz)
    return {
        "label": label,
        "iso": value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "date": formats.date_format(here, "DATE_FORMAT"),
        "time": formats.date_format(here, "H:i"),
        "zone": _zone_name(here, tz),
        "utc": ""
        if _zone_name(here, tz) == "UTC"
        else comma().join(formats.date_format(value.astimezone(UTC), part) for part in ("j M", "H:i")),
        "left": time_left(value, now, stays_due=stays_due) if now else "",
        "past": bool(now and value <= now and not stays_due),
    }


@register.simple_tag
def time_left(until: datetime, now: datetime | None = None, *, stays_due: bool = False) -> str:
    """How long until a moment, in the largest whole unit: "5 days left", "3 hours left", "11 minutes left"."""
    seconds = int((until - (now or timezone.now())).total_seconds())
    if seconds <= 0:
        return pgettext("of what has still to be done", "overdue") if stays_due else _("closed")
    for size, one in (
        (86400, lambda n: ngettext("%(n)d day left", "%(n)d days left", n)),
        (3600, lambda n: ngettext("%(n)d hour left", "%(n)d hours left", n)),
        (60, lambda n: ngettext("%(n)d minute left", "%(n)d minutes left", n)),
    ):
        count = seconds // size
        if count >= (2 if size > 60 else 1):
            return one(count) % {"n": count}
    return _("less than a minute left")


@register.simple_tag
def date_range(start: datetime, end: datetime, tz: str | None = None) -> str:
    """The days from start to end on the place's calendar, as short as they can be said: "29–30 November 2017"."""
    first, last = _in_zone(start, tz).date(), _in_zone(end, tz).date()
    if first == last:
        return formats.date_format(first, "DATE_FORMAT")
    if (first.year, first.month) == (last.year, last.month) and formats.get_format("DATE_FORMAT").startswith("j"):
        return pgettext("days of one month", "%(first)s–%(last)s") % {
            "first": first.day,
            "last": formats.date_format(last, "DATE_FORMAT"),
        }
    return f"{formats.date_format(first, 'DATE_FORMAT')} – {formats.date_format(last, 'DATE_FORMAT')}"


# --- Lists -----------------------------------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def active_filters(context: template.Context, form: BaseForm) -> list[dict[str, str]]:
    """The filters set in the address, each with the address that drops it. `form` is the bound GET form."""
    request: HttpRequest = context["request"]
    chips = []
    for name, field in form.fields.items():
        for raw in request.GET.getlist(name):
            if not raw:
                continue
            query = request.GET.copy()
            query.setlist(name, [v for v in query.getlist(name) if v != raw])
            for volatile in ("after", "before", "page"):
                query.pop(volatile, None)
            labels = {str(value): text for value, text in _flat_choices(field)}
            url = f"{request.path}?{query.urlencode()}" if query else request.path
            chips.append({"label": str(field.label or name), "value": str(labels.get(raw, raw)), "url": url})
    return chips


def _flat_choices(field: Any) -> list[tuple[Any, Any]]:
    """The choices of a form field without their groups; none for a field without choices."""
    flat: list[tuple[Any, Any]] = []
    for value, text in getattr(field, "choices", ()) or ():
        flat += text if isinstance(text, list | tuple) else [(value, text)]
    return flat


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(context: template.Context, after: str = "", before: str = "", label: str = "") -> dict[str, Any]:
    """Links to the next and the previous rows of a keyset list; `after` and `before` are the cursors."""
    request: HttpRequest = context["request"]

    def address(name: str, cursor: str) -> str:
        query = request.GET.copy()
        for key in ("after", "before"):
            query.pop(key, None)
        query[name] = cursor
        return f"{request.path}?{query.urlencode()}"

    return {
        "next_url": address("after", after) if after else "",
        "previous_url": address("before", before) if before else "",
        "first_url": request.path if request.GET.get("after") and not before else "",
        "label": label,
    }
