"""Constants of the interface: sections, tones of states, names of languages and Goals, drawings of icons."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

SECTIONS = [
    (_("Meetings"), "meetings:list"),
    (_("Calendar"), "meetings:calendar"),
    (_("Strategy"), "strategy:list"),
    (pgettext_lazy("policy briefs", "Briefs"), "briefs:list"),
    (_("Solutions"), "solutions:list"),
]

LANGUAGE_NAMES = {
    "ar": "العربية",
    "en": "English",
    "es": "Español",
    "fr": "Français",
    "ru": "Русский",
    "zh-hans": "中文",
}

# Marked here so that our catalogues say how months are called: Django's own Arabic has other names than the United Nations.
MONTHS = (
    *(_("January"), _("February"), _("March"), _("April"), _("May"), _("June")),
    *(_("July"), _("August"), _("September"), _("October"), _("November"), _("December")),
    *(_("jan"), _("feb"), _("mar"), _("apr"), _("may"), _("jun")),
    *(_("jul"), _("aug"), _("sep"), _("oct"), _("nov"), _("dec")),
)

_GOOD = (
    "accepted active adopted approved checked_in cleared completed confirmed done endorsed issued no_objection open present "
    "published recorded released scheduled sent succeeded verified"
)
_WARN = (
    "adopted_except cleared_with_reservation correction due due_soon editorial_due full in_clearance in_correction in_review "
    "lapsed needs_changes offered partly_accepted paused pending requested reserved returned under_review unverified waitlisted "
    "no_answer"
)
_BAD = (
    "absent bounced declined failed lodged nobody not_accepted not_cleared not_notified objected overdue red_line refused "
    "rejected revoked superseded"
)
_NOTE = "circulated in_progress invited noted proposed queued review running sending silence submitted substantive upcoming"
TONES: dict[str, str] = {
    code: name for name, codes in {"good": _GOOD, "warn": _WARN, "bad": _BAD, "note": _NOTE}.items() for code in codes.split()
}

SDG_NAMES = [
    _("No poverty"),
    _("Zero hunger"),
    _("Good health and well-being"),
    _("Quality education"),
    _("Gender equality"),
    _("Clean water and sanitation"),
    _("Affordable and clean energy"),
    _("Decent work and economic growth"),
    _("Industry, innovation and infrastructure"),
    _("Reduced inequalities"),
    _("Sustainable cities and communities"),
    _("Responsible consumption and production"),
    _("Climate action"),
    _("Life below water"),
    _("Life on land"),
    _("Peace, justice and strong institutions"),
    _("Partnerships for the Goals"),
]

# Official colour of each Goal, and the ink that reads on it (AA).
SDG_COLOURS = [
    ("#e5243b", "#ffffff"),
    ("#dda63a", "#111111"),
    ("#4c9f38", "#111111"),
    ("#c5192d", "#ffffff"),
    ("#ff3a21", "#111111"),
    ("#26bde2", "#111111"),
    ("#fcc30b", "#111111"),
    ("#a21942", "#ffffff"),
    ("#fd6925", "#111111"),
    ("#dd1367", "#ffffff"),
    ("#fd9d24", "#111111"),
    ("#bf8b2e", "#111111"),
    ("#3f7e44", "#ffffff"),
    ("#0a97d9", "#111111"),
    ("#56c02b", "#111111"),
    ("#00689d", "#ffffff"),
    ("#19486a", "#ffffff"),
]

# Drawn on a grid of 24, stroked by CSS; own work.
ICONS = {
    "search": '<circle cx="10.5" cy="10.5" r="6"/><path d="m15.2 15.2 5 5"/>',
    "chevron": '<path d="m5 9 7 7 7-7"/>',
    "arrow": '<path d="M4 12h15m-6-6 6 6-6 6"/>',
    "globe": '<circle cx="12" cy="12" r="8.5"/>'
    '<path d="M3.5 12h17M12 3.5c3 2.6 4 5.4 4 8.5s-1 5.9-4 8.5c-3-2.6-4-5.4-4-8.5s1-5.9 4-8.5z"/>',
    "person": '<circle cx="12" cy="8" r="3.8"/><path d="M4.5 20c.8-4.2 3.7-6 7.5-6s6.7 1.8 7.5 6"/>',
    "calendar": '<rect x="4" y="5.5" width="16" height="14.5" rx="1.5"/><path d="M4 10h16M8.5 3v4m7-4v4"/>',
    "place": '<path d="M12 21c4.3-4.6 6.5-8 6.5-11a6.5 6.5 0 0 0-13 0c0 3 2.2 6.4 6.5 11z"/><circle cx="12" cy="10" r="2.3"/>',
    "clock": '<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5.3l3.5 2"/>',
    "download": '<path d="M12 4v11m-5-5 5 5 5-5M4.5 20h15"/>',
    "document": '<path d="M6 3.5h8l4.5 4.5v12.5H6z"/><path d="M14 3.5V8h4.5M9 12.5h6.5M9 16h6.5"/>',
    "comment": '<path d="M4 5h16v11h-8.5L7 20v-4H4z"/>',
    "check": '<path d="m4.5 12.5 5 5 10-11"/>',
    "close": '<path d="m6 6 12 12M18 6 6 18"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "print": '<path d="M7 8.5V4h10v4.5M7 17H4V8.5h16V17h-3"/><path d="M7 14h10v6.5H7z"/>',
    "link": '<path d="M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l1-1"/>',
    "people": '<circle cx="9" cy="9" r="3.2"/>'
    '<path d="M3 19c.6-3.6 2.9-5 6-5s5.4 1.4 6 5M15.5 6.2a3.2 3.2 0 0 1 0 5.7M17 14.3c2.3.5 3.6 2 4 4.7"/>',
    "lock": '<rect x="5" y="11" width="14" height="9" rx="1.5"/><path d="M8 11V8a4 4 0 0 1 8 0v3"/>',
    "mail": '<rect x="3.5" y="5.5" width="17" height="13" rx="1.5"/><path d="m4 7 8 6 8-6"/>',
}
