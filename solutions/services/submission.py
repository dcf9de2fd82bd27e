"""Writing an entry down and submitting it."""

import secrets
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from common.access import Refused, require
from directory.rules import organizations_of
from directory.services.state import change_state, locked, record_start
from solutions import messages
from solutions.enums import RESERVED_SLUGS, SolutionState
from solutions.models import Solution

MANY = ("countries_of_origin", "countries_of_use", "sdgs", "themes")
TRANSLATED = ("title", "summary")
# What an entry must say before anybody can verify it.
NEEDED = ("title", "kind", "summary", "countries_of_origin", "sdgs", "challenge", "approach", "results")


@transaction.atomic
def save_draft(*, solution: Solution | None, by: Any, content: Mapping[str, Any]) -> Solution:
    """Keep an entry as a draft, complete or not; `solution` is None for a new one.

    Args:
        content: values of the model's fields by name. `title` and `summary` are kept under `language`, the language
            that the entry is written in.

    Raises:
        Refused: the entry is submitted, published or withdrawn; or it is to be in the name of an organization of
            which `by` is no member.
    """
    if solution is None:
        require(by, "solutions.add_solution")
        solution = Solution(submitted_by=by)
    else:
        solution = locked(solution)
        require(by, "solutions.change_solution", solution)
        _refuse_unless_editable(solution)
    provider = content.get("provider", solution.provider)
    if provider and provider.pk != solution.provider_id and provider.pk not in organizations_of(by):
        raise Refused(_("You can offer an entry only in your own name or for an organization of which you are a member."))
    _fill(solution, content)
    is_new = solution.pk is None
    if is_new:
        solution.slug = _free_slug(content.get("title", ""))
        _save_new(solution)
    else:
        solution.save()
    for name in MANY:
        if name in content:
            getattr(solution, name).set(content[name])
    if is_new:
        record_start(solution, by=by, on_behalf_of=solution.provider)
    return solution


@transaction.atomic
def submit_solution(*, solution: Solution, by: Any) -> Solution:
    """Send a draft or a returned entry to the secretariat: by a focal point of the provider, or by its own author.

    Raises:
        Refused: something is missing, or the entry is already submitted, published or withdrawn.
    """
    solution = locked(solution)
    require(
        by,
        "solutions.submit_solution",
        solution,
        _(
            "Only a focal point can submit in the name of an organization. "
            "The draft is kept: your focal point finds it under “Our entries”."
        ),
    )
    missing = missing_in(solution)
    if missing and solution.is_editable:
        raise Refused(_("Before you submit, please add: %(fields)s.") % {"fields": ", ".join(missing)})
    change_state(solution, to=SolutionState.SUBMITTED, by=by, on_behalf_of=solution.provider)
    messages.solution_submitted(solution)
    return solution


def missing_in(solution: Solution) -> list[str]:
    """The names of the fields that are needed for a submission and still empty."""
    missing = []
    for name in NEEDED:
        value = getattr(solution, name)
        if not (value.exists() if name in MANY else value):
            missing.append(str(Solution._meta.get_field(name).verbose_name))  # type: ignore[union-attr]
    return missing


def _refuse_unless_editable(solution: Solution) -> None:
    if solution.is_editable:
        return
    raise Refused(
        {
            SolutionState.SUBMITTED: _(
                "This entry is being reviewed, so it cannot be edited now. If it must change, ask the secretariat to return it."
            ),
            SolutionState.VERIFIED: _(
                "This entry is verified and published, so it cannot be edited. "
                "If it is wrong, withdraw it with a reason and submit a new one."
            ),
            SolutionState.WITHDRAWN: _("This entry is withdrawn, so it cannot be edited. Submit a new one instead."),
        }[SolutionState(solution.state)]
    )


def _fill(solution: Solution, content: Mapping[str, Any]) -> None:
    language = str(content.get("language", solution.language))
    solution.language = language
    for name, value in content.items():
        if name in TRANSLATED:
            setattr(solution, f"{name}_{language.replace('-', '_')}", value)
        elif name not in MANY and name != "language":
            setattr(solution, name, value)


def _free_slug(title: str) -> str:
    """An address from the title; letters other than Latin ones give no address, so a chance one is made."""
    base = slugify(title)[:100].strip("-") or f"solution-{secrets.token_hex(3)}"
    slug = base
    while slug in RESERVED_SLUGS or Solution.objects.filter(slug=slug).exists():
        slug = f"{base}-{secrets.token_hex(3)}"
    return slug


def _save_new(solution: Solution) -> None:
    """Save a new entry; if another one of the same title has just taken its address, under a chance one beside it."""
    try:
        with transaction.atomic():
            solution.save()
    except IntegrityError:
        solution.slug = f"{solution.slug}-{secrets.token_hex(3)}"
        solution.save()
