"""Certificates of an endorsement and of a round's outcome, as tagged PDF in the reader's language."""

import zoneinfo
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from common.pdf import render_pdf
from common.pdf_parts import document_direction, qr_code, style
from strategy.models import Endorsement, RoundOutcome


def address_of(code: str) -> str:
    """The page that verifies a certificate, without a language: who reads it chooses."""
    with translation.override("en"):
        return settings.PUBLIC_URL + reverse("strategy:verify_certificate", args=[code])


def certificate_html(code: str, consultation: Any, *, language: str, **more: Any) -> str:
    """The document; round, draft and strategy must be at hand."""
    with translation.override(language), timezone.override(zoneinfo.ZoneInfo(consultation.time_zone)):
        return render_to_string(
            "pdf/strategy/certificate.html",
            {
                "code": code,
                "round": consultation,
                "draft": consultation.draft,
                "strategy": consultation.draft.strategy,
                "address": address_of(code),
                "language": language,
                "direction": document_direction(),
                **more,
            },
        )


def _render(html: str, code: str) -> bytes:
    assets = {"letter.css": style("letter.css"), "certificate.css": style("certificate.css"), "qr.svg": qr_code(address_of(code))}
    return render_pdf(html, assets=assets, stylesheets=("letter.css", "certificate.css"))


def certificate_of_agency(endorsement: Endorsement, *, language: str) -> bytes:
    """What one agency says to the text."""
    html = certificate_html(endorsement.code, endorsement.round, language=language, endorsement=endorsement)
    return _render(html, endorsement.code)


def certificate_of_round(outcome: RoundOutcome, endorsements: Iterable[Endorsement], *, language: str) -> bytes:
    """What came of a silence procedure, or of an endorsement with the answers of all agencies."""
    rows = sorted(endorsements, key=lambda row: row.organization.short_name.casefold())
    html = certificate_html(outcome.code, outcome.round, language=language, outcome=outcome, endorsements=rows)
    return _render(html, outcome.code)
