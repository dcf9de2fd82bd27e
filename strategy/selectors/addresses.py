"""Addresses that name their round and agency, so that a link still leads there once another round counts."""

from typing import Any

from django.urls import reverse


def query_of(consultation: Any, organization: Any = None) -> str:
    """The query that names a round, and an agency in it."""
    agency = f"&agency={organization.code}" if organization else ""
    return f"?round={consultation.pk}{agency}"


def position_url(consultation: Any, organization: Any) -> str:
    """The page of an agency's position in a round."""
    return reverse("strategy:position", args=[consultation.draft.strategy.slug]) + query_of(consultation, organization)


def answers_url(consultation: Any) -> str:
    """The drafters' queue of a round."""
    return reverse("strategy:answers", args=[consultation.draft.strategy.slug]) + query_of(consultation)


def moderation_url(consultation: Any) -> str:
    """The queue of participants' comments in a round."""
    return reverse("strategy:moderation", args=[consultation.draft.strategy.slug]) + query_of(consultation)
