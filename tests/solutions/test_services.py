"""The verbs: who may, from which state, what is refused and what follows."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied

from common.access import Refused
from directory.models import Organization, PageVersion
from notifications.models import Notification
from solutions.enums import SolutionState, VerificationLevel
from solutions.models import Solution, SolutionIndex
from solutions.services import (
    return_solution,
    save_draft,
    submission,
    submit_solution,
    verify_solution,
    version_of,
    withdraw_solution,
)
from tests.conftest import Cast
from tests.factories.directory import GoalFactory
from tests.factories.solutions import country, in_state

pytestmark = pytest.mark.django_db

S = SolutionState


@pytest.fixture
def undp(cast: Cast) -> Organization:
    return Organization.objects.get(code="undp")


def content(**changes: Any) -> dict[str, Any]:
    return {
        "kind": "technology",
        "language": "en",
        "title": "Solar pumps",
        "summary": "Water from the sun.",
        "challenge": "Diesel was dear.",
        "approach": "Panels.",
        "results": "Harvests doubled.",
        "modality": "south_south",
        "countries_of_origin": [country()],
        "sdgs": [GoalFactory(number=2)],
        **changes,
    }


def version() -> int:
    return PageVersion.objects.filter(subject="solutions").values_list("version", flat=True).first() or 0


# --- save_draft ---------------------------------------------------------------------------------------------------------


def test_draft_is_kept_with_its_history(cast: Cast, undp: Organization) -> None:
    draft = save_draft(solution=None, by=cast.contributor_undp, content=content(provider=undp))
    assert (draft.state, draft.slug, draft.submitted_by) == (S.DRAFT, "solar-pumps", cast.contributor_undp)
    assert [(c.old, c.new, c.on_behalf_of) for c in draft.state_changes.all()] == [("", S.DRAFT, undp)]


def test_draft_needs_no_more_than_title_and_kind(cast: Cast) -> None:
    draft = save_draft(solution=None, by=cast.outsider, content={"title": "A first idea", "kind": "technology"})
    assert Solution.objects.get(pk=draft.pk).title == "A first idea"


def test_text_is_kept_under_the_language_it_is_written_in(cast: Cast) -> None:
    draft = save_draft(solution=None, by=cast.outsider, content=content(language="fr", title="Pompes solaires"))
    draft.refresh_from_db()
    assert (draft.title_fr, draft.title_en, draft.title) == ("Pompes solaires", None, "Pompes solaires")


def test_title_without_latin_letters_gets_an_address(cast: Cast) -> None:
    draft = save_draft(solution=None, by=cast.outsider, content=content(language="zh-hans", title="太阳能水泵"))
    assert draft.slug.startswith("solution-")


@pytest.mark.parametrize("title", ["Submit", "Mine", "Facets", "Export"])
def test_no_entry_takes_the_address_of_a_page(cast: Cast, title: str) -> None:
    draft = save_draft(solution=None, by=cast.outsider, content=content(title=title))
    assert draft.slug != title.lower()


def test_two_entries_of_one_title_have_two_addresses(cast: Cast) -> None:
    drafts = [save_draft(solution=None, by=cast.outsider, content=content()) for _ in range(2)]
    assert drafts[0].slug != drafts[1].slug


def test_address_that_was_taken_in_between_is_made_another(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    save_draft(solution=None, by=cast.outsider, content=content())
    monkeypatch.setattr(submission, "_free_slug", lambda title: "solar-pumps")
    second = save_draft(solution=None, by=cast.outsider, content=content())
    assert second.slug.startswith("solar-pumps-")
    assert [change.new for change in Solution.objects.get(slug=second.slug).state_changes.all()] == [S.DRAFT]


def test_visitor_saves_nothing() -> None:
    with pytest.raises(PermissionDenied):
        save_draft(solution=None, by=AnonymousUser(), content={"title": "x", "kind": "technology"})


def test_outsider_does_not_change_a_draft(cast: Cast, undp: Organization) -> None:
    draft = in_state(S.DRAFT, provider=undp)
    with pytest.raises(PermissionDenied):
        save_draft(solution=draft, by=cast.focal_fao, content=content())


def test_entry_in_the_name_of_a_foreign_organization_is_refused(cast: Cast, undp: Organization) -> None:
    with pytest.raises(Refused, match="only in your own name or for an organization of which you are a member"):
        save_draft(solution=None, by=cast.focal_fao, content=content(provider=undp))
    assert not Solution.objects.exists()


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (S.SUBMITTED, "being reviewed, so it cannot be edited now. If it must change, ask the secretariat"),
        (S.VERIFIED, "verified and published, so it cannot be edited. If it is wrong, withdraw it"),
        (S.WITHDRAWN, "withdrawn, so it cannot be edited. Submit a new one"),
    ],
)
def test_only_drafts_and_returned_entries_are_edited(cast: Cast, undp: Organization, state: str, sentence: str) -> None:
    entry = in_state(state, provider=undp)
    with pytest.raises(Refused, match=sentence):
        save_draft(solution=entry, by=cast.focal_undp, content=content(title="Changed"))


# --- submit_solution ----------------------------------------------------------------------------------------------------


def test_focal_point_submits_for_the_organization_and_the_secretariat_is_told(cast: Cast, undp: Organization) -> None:
    draft = in_state(S.DRAFT, provider=undp, submitted_by=cast.contributor_undp)
    submitted = submit_solution(solution=draft, by=cast.focal_undp)
    change = submitted.state_changes.latest("pk")
    assert (submitted.state, change.by, change.on_behalf_of) == (S.SUBMITTED, cast.focal_undp, undp)
    told = Notification.objects.filter(kind="solutions.solution_submitted").values_list("recipient", flat=True)
    assert list(told) == [cast.secretariat.pk]


def test_participant_submits_in_their_own_name(cast: Cast) -> None:
    draft = in_state(S.DRAFT, provider=None, submitted_by=cast.outsider)
    assert submit_solution(solution=draft, by=cast.outsider).state == S.SUBMITTED


def test_contributor_cannot_submit_for_the_agency(cast: Cast, undp: Organization) -> None:
    draft = in_state(S.DRAFT, provider=undp, submitted_by=cast.contributor_undp)
    with pytest.raises(PermissionDenied, match="Only a focal point can submit"):
        submit_solution(solution=draft, by=cast.contributor_undp)


@pytest.mark.parametrize("who", ["outsider", "focal_fao", "secretariat", "administrator"])
def test_others_cannot_submit(cast: Cast, undp: Organization, who: str) -> None:
    draft = in_state(S.DRAFT, provider=undp)
    with pytest.raises(PermissionDenied):
        submit_solution(solution=draft, by=getattr(cast, who))


def test_incomplete_entry_is_refused_and_what_is_missing_is_named(cast: Cast, undp: Organization) -> None:
    draft = in_state(S.DRAFT, provider=undp, summary="", goals=[])
    with pytest.raises(Refused, match="Before you submit, please add: summary, Goals"):
        submit_solution(solution=draft, by=cast.focal_undp)


@pytest.mark.parametrize("state", [S.SUBMITTED, S.VERIFIED, S.WITHDRAWN])
def test_submission_from_another_state_is_refused(cast: Cast, undp: Organization, state: str) -> None:
    entry = in_state(state, provider=undp)
    with pytest.raises(Refused, match="This cannot become “Submitted”"):
        submit_solution(solution=entry, by=cast.focal_undp)


# --- verify_solution ----------------------------------------------------------------------------------------------------


def test_verification_publishes_indexes_bumps_and_tells(cast: Cast, undp: Organization) -> None:
    entry = in_state(S.SUBMITTED, provider=undp, submitted_by=cast.contributor_undp)
    before = version()
    verified = verify_solution(
        solution=entry, by=cast.secretariat, level=VerificationLevel.AGENCY_REVIEWED, evidence=" A report of 2016. "
    )
    assert (verified.state, verified.verification_level) == (S.VERIFIED, "agency_reviewed")
    assert (verified.verified_by, verified.verification_note) == (cast.secretariat, "A report of 2016.")
    assert SolutionIndex.objects.get().sort_key == verified.sort_key
    assert version() == before + 1
    told = Notification.objects.filter(kind="solutions.solution_verified").values_list("recipient", flat=True)
    assert set(told) == {cast.contributor_undp.pk, cast.focal_undp.pk}


def test_second_of_two_verifications_is_refused(cast: Cast) -> None:
    entry = in_state(S.SUBMITTED)
    stale = Solution.objects.get(pk=entry.pk)
    verify_solution(solution=entry, by=cast.secretariat, level="self_reported")
    with pytest.raises(Refused, match="it is “Verified” now"):
        verify_solution(solution=stale, by=cast.secretariat, level="self_reported")
    assert Notification.objects.filter(kind="solutions.solution_verified").count() == 2  # author and focal point, once


def test_level_without_evidence_is_refused(cast: Cast) -> None:
    entry = in_state(S.SUBMITTED)
    with pytest.raises(Refused, match="on which evidence this level rests"):
        verify_solution(solution=entry, by=cast.secretariat, level="government_endorsed", evidence=" ")
    entry.refresh_from_db()
    assert entry.state == S.SUBMITTED


@pytest.mark.parametrize("state", [S.DRAFT, S.RETURNED, S.WITHDRAWN])
def test_only_submitted_entries_are_verified(cast: Cast, state: str) -> None:
    with pytest.raises(Refused, match="This cannot become “Verified”"):
        verify_solution(solution=in_state(state), by=cast.secretariat, level="self_reported")
    assert not SolutionIndex.objects.exists()


@pytest.mark.parametrize("who", ["outsider", "focal_undp", "drafter", "administrator"])
@pytest.mark.parametrize("verb", ["verify", "return"])
def test_only_secretariat_staff_decides(cast: Cast, undp: Organization, who: str, verb: str) -> None:
    entry = in_state(S.SUBMITTED, provider=undp)
    with pytest.raises(PermissionDenied):
        if verb == "verify":
            verify_solution(solution=entry, by=getattr(cast, who), level="self_reported")
        else:
            return_solution(solution=entry, by=getattr(cast, who), reason="No.")


def test_text_that_was_changed_after_it_was_read_is_not_published(cast: Cast, undp: Organization) -> None:
    entry = in_state(S.SUBMITTED, provider=undp)
    seen = version_of(Solution.objects.get(pk=entry.pk))
    return_solution(solution=entry, by=cast.secretariat, reason="Add a figure.")
    save_draft(solution=entry, by=cast.focal_undp, content=content(results="Harvests tripled."))
    submit_solution(solution=entry, by=cast.focal_undp)
    with pytest.raises(Refused, match="changed after you opened the page"):
        verify_solution(solution=entry, by=cast.secretariat, level="self_reported", seen=seen)
    seen = version_of(Solution.objects.get(pk=entry.pk))
    assert verify_solution(solution=entry, by=cast.secretariat, level="self_reported", seen=seen).state == S.VERIFIED


# --- return_solution ----------------------------------------------------------------------------------------------------


def test_return_gives_the_reason_to_author_and_focal_points(cast: Cast, undp: Organization) -> None:
    entry = in_state(S.SUBMITTED, provider=undp, submitted_by=cast.contributor_undp)
    returned = return_solution(solution=entry, by=cast.secretariat, reason="Add a figure.")
    assert returned.state_changes.latest("pk").reason == "Add a figure."
    rows = Notification.objects.filter(kind="solutions.solution_returned")
    assert {row.recipient_id for row in rows} == {cast.contributor_undp.pk, cast.focal_undp.pk}
    assert {row.context["reason"] for row in rows} == {"Add a figure."}


def test_returned_entry_is_revised_and_submitted_again(cast: Cast, undp: Organization) -> None:
    entry = in_state(S.RETURNED, provider=undp)
    save_draft(solution=entry, by=cast.focal_undp, content=content(results="Harvests doubled in 2016."))
    assert submit_solution(solution=entry, by=cast.focal_undp).state == S.SUBMITTED


def test_return_without_reason_is_refused(cast: Cast) -> None:
    with pytest.raises(Refused, match="Say what must change"):
        return_solution(solution=in_state(S.SUBMITTED), by=cast.secretariat, reason="  ")


@pytest.mark.parametrize("state", [S.DRAFT, S.VERIFIED, S.WITHDRAWN])
def test_only_submitted_entries_are_returned(cast: Cast, state: str) -> None:
    with pytest.raises(Refused, match="This cannot become “Returned”"):
        return_solution(solution=in_state(state), by=cast.secretariat, reason="No.")


# --- withdraw_solution --------------------------------------------------------------------------------------------------


def test_withdrawal_leaves_the_catalogue_and_keeps_the_history(cast: Cast, undp: Organization) -> None:
    entry = in_state(S.VERIFIED, provider=undp)
    before = version()
    withdrawn = withdraw_solution(solution=entry, by=cast.focal_undp, reason="Replaced.")
    change = withdrawn.state_changes.latest("pk")
    assert (withdrawn.state, change.reason, change.on_behalf_of) == (S.WITHDRAWN, "Replaced.", undp)
    assert not SolutionIndex.objects.exists()
    assert version() == before + 1


def test_secretariat_withdraws_in_nobodys_name(cast: Cast) -> None:
    withdrawn = withdraw_solution(solution=in_state(S.VERIFIED), by=cast.secretariat, reason="An error.")
    assert withdrawn.state_changes.latest("pk").on_behalf_of is None


def test_withdrawal_without_reason_is_refused(cast: Cast) -> None:
    with pytest.raises(Refused, match="Say why the entry is withdrawn"):
        withdraw_solution(solution=in_state(S.VERIFIED), by=cast.secretariat, reason="")


def test_draft_is_not_withdrawn(cast: Cast, undp: Organization) -> None:
    with pytest.raises(Refused, match="This cannot become “Withdrawn”"):
        withdraw_solution(solution=in_state(S.DRAFT, provider=undp), by=cast.focal_undp, reason="No.")


@pytest.mark.parametrize("who", ["outsider", "contributor_undp", "focal_fao", "drafter", "administrator"])
def test_others_cannot_withdraw(cast: Cast, undp: Organization, who: str) -> None:
    with pytest.raises(PermissionDenied):
        withdraw_solution(solution=in_state(S.VERIFIED, provider=undp), by=getattr(cast, who), reason="No.")
