"""The pages of rounds: what a reader sees, what a form refuses, certificates, the desk, the calendar and the API."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from directory.services.traces import Traces
from strategy.documents.certificates import certificate_html
from strategy.models import ConsultationRound, Endorsement, Objection, RoundOutcome
from strategy.selectors import desk_of_strategy
from strategy.services import cancel_round, lodge_objection, open_round, record_endorsement
from strategy.services.clockwork import conclude_due_rounds
from strategy.services.personal import data_of_person, erase_person


def procedure(scene, kind="silence", **values):
    values = {"opens_at": None, "closes_at": timezone.now() + timedelta(hours=80), "time_zone": "Pacific/Apia"} | values
    return open_round(draft=scene.draft, by=scene.cast.secretariat, kind=kind, **values)


def endorse(scene, consultation, **values):
    values = {
        "by": scene.cast.focal_undp, "on_behalf_of": scene.undp, "answer": "endorsed", "signatory": "Ana Lima",
        "capacity": "Deputy Director", "signed_on": timezone.now().date(),
    } | values  # fmt: skip
    return record_endorsement(consultation=consultation, **values)


FORM = {
    "kind": "silence", "time_zone": "America/New_York", "opens_at": "", "closes_at": "2026-03-12T18:00",
    "invites_all_agencies": "on", "sharing": "agencies", "is_public": "on", "reminder_days": "7, 1",
}  # fmt: skip


@pytest.fixture
def march():
    with time_machine.travel(datetime(2026, 3, 2, 9, 0, tzinfo=UTC), tick=False) as clock:
        yield clock


def test_the_secretariat_opens_a_round_on_the_places_clock(scene, sign_in, march):
    response = sign_in(scene.cast.secretariat).post(scene.url("drafts/0/round/"), FORM)
    made = ConsultationRound.objects.get(kind="silence")
    assert response.status_code == 302
    # Clocks in New York were put forward on 8 March.
    assert made.closes_at == datetime(2026, 3, 12, 22, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"closes_at": "2026-03-08T02:30"}, "does not exist"),
        ({"closes_at": "2026-11-01T01:30"}, "twice"),
        ({"closes_at": "2026-03-03T09:00"}, "72 hours"),
        ({"reminder_days": "soon"}, "whole numbers"),
        ({"reminder_days": "9" * 5000}, "whole numbers"),
    ],
)
def test_an_hour_that_is_none_and_a_short_silence_are_refused(scene, sign_in, march, values, words):
    response = sign_in(scene.cast.secretariat).post(scene.url("drafts/0/round/"), FORM | values)
    assert response.status_code == 400
    assert words in response.content.decode()
    assert not ConsultationRound.objects.filter(kind="silence").exists()


def test_the_public_sees_numbers_and_the_secretariat_names(scene, sign_in):
    consultation = procedure(scene, sharing="secretariat")
    lodge_objection(consultation=consultation, by=scene.cast.focal_undp, on_behalf_of=scene.undp, reason="Secretword")
    url = scene.url(f"rounds/{consultation.pk}/")
    public = sign_in().get(url).content.decode()
    assert "Secretword" not in public
    assert "UNDP" not in public
    assert "Secretword" not in sign_in(scene.cast.focal_fao).get(url).content.decode()
    staff = sign_in(scene.cast.secretariat).get(url).content.decode()
    assert "Secretword" in staff
    assert "WHO" in staff


def test_a_round_that_is_not_public_is_nowhere_for_outsiders(scene, sign_in):
    consultation = procedure(scene, kind="endorsement", is_public=False)
    row = endorse(scene, consultation)
    for rest in ("", "certificate/undp/", "endorse/"):
        assert sign_in(scene.cast.outsider).get(scene.url(f"rounds/{consultation.pk}/{rest}")).status_code == 404
    assert Endorsement.objects.visible_to(scene.cast.outsider).count() == 0
    assert row.signatory not in sign_in().get("/api/v1/strategy/" + scene.strategy.slug + "/").content.decode()


@pytest.mark.parametrize("act", ["extend", "pause", "resume", "cancel", "admit", "restart"])
def test_acts_are_the_secretariats(scene, sign_in, act):
    consultation = procedure(scene)
    url = scene.url(f"rounds/{consultation.pk}/{act}/")
    assert sign_in(scene.cast.focal_undp).get(url).status_code == 403
    assert sign_in(scene.cast.secretariat).get(url).status_code == 200
    assert sign_in(scene.cast.secretariat).get(scene.url(f"rounds/{consultation.pk}/vanish/")).status_code == 404


def test_pause_and_resume_by_their_pages(scene, sign_in):
    consultation = procedure(scene)
    client = sign_in(scene.cast.secretariat)
    url = scene.url(f"rounds/{consultation.pk}/")
    assert client.post(f"{url}pause/", {"reason": ""}).status_code == 400
    assert client.post(f"{url}pause/", {"reason": "The hall is flooded"}).status_code == 302
    assert "paused" in sign_in().get(url).content.decode()
    assert client.post(f"{url}resume/", {"reason": ""}).status_code == 302
    assert client.post(f"{url}resume/", {"reason": ""}).status_code == 400


def test_an_objection_needs_a_deliberate_yes(scene, sign_in):
    consultation = procedure(scene)
    client, url = sign_in(scene.cast.focal_undp), scene.url(f"rounds/{consultation.pk}/object/")
    assert client.post(url, {"reason": "It binds us"}).status_code == 400
    assert client.post(url, {"reason": "It binds us", "confirm": "on"}).status_code == 302
    assert Objection.objects.get().organization == scene.undp
    assert client.post(f"{url}withdraw/", {"confirm": "on"}).status_code == 302
    assert Objection.objects.get().state == "withdrawn"
    assert client.get(f"{url}withdraw/").status_code == 404


def test_an_endorsement_by_its_page_with_its_certificate_and_verification(scene, sign_in):
    consultation = procedure(scene, kind="endorsement")
    client, url = sign_in(scene.cast.focal_undp), scene.url(f"rounds/{consultation.pk}/")
    values = {"answer": "reserved", "signatory": "Ana <b>Lima</b>", "capacity": "Director", "signed_on": "2026-01-05", "seen": ""}
    assert client.post(f"{url}endorse/", values | {"confirm": "on"}).status_code == 400
    assert client.post(f"{url}endorse/", values | {"statement": "Pending", "confirm": "on"}).status_code == 302
    page = sign_in().get(url).content.decode()
    assert "Ana &lt;b&gt;Lima&lt;/b&gt;" in page
    pdf = sign_in().get(f"{url}certificate/undp/")
    assert pdf.content.startswith(b"%PDF")
    row = Endorsement.objects.get()
    assert "valid" in sign_in().get(f"/strategy/certificates/{row.code.lower()}/").content.decode()
    endorse(scene, consultation)
    assert "replaced" in sign_in().get(f"/strategy/certificates/{row.code}/").content.decode()
    assert sign_in().get("/strategy/certificates/NOTHING/").status_code == 404


def test_a_concluded_round_shows_its_outcome_and_has_a_certificate_in_every_language(scene, sign_in):
    with time_machine.travel(timezone.now() - timedelta(days=10), tick=False):
        consultation = procedure(scene)
    conclude_due_rounds()
    url = scene.url(f"rounds/{consultation.pk}/")
    assert "no agency is known to have received the notice" in sign_in().get(url).content.decode()
    for language in ("", "/ar", "/zh-hans"):
        assert sign_in().get(f"{language}{url}certificate/").content.startswith(b"%PDF")
    code = RoundOutcome.objects.get().code
    assert sign_in().get(f"/strategy/certificates/{code}/").status_code == 200
    api = sign_in().get(f"/api/v1/strategy/{scene.strategy.slug}/").json()
    rounds = {row["kind"]: row for draft in api["drafts"] for row in draft["rounds"]}
    assert (rounds["silence"]["result"], rounds["silence"]["agencies_not_reached"]) == ("not_notified", 3)
    assert rounds["comments"]["result"] is None


@pytest.mark.parametrize(
    ("result", "word", "other"),
    [
        ("adopted", "Certificate", "Record of the outcome"),
        ("adopted_except", "Certificate", "Record of the outcome"),
        ("objected", "Record of the outcome", "Certificate"),
        ("superseded", "Record of the outcome", "Certificate"),
        ("recorded", "Record of the outcome", "Certificate"),
    ],
)
def test_only_an_adoption_is_called_a_certificate(scene, sign_in, result, word, other):
    consultation = procedure(scene)
    outcome = RoundOutcome.objects.create(round=consultation, result=result, sha256="a" * 64, invited=3, at=timezone.now())
    url = scene.url(f"rounds/{consultation.pk}/")
    page = sign_in().get(url).content.decode()
    assert (f"{word} (PDF)" in page, f"{other} (PDF)" in page) == (True, False)
    paper = certificate_html(outcome.code, consultation, language="en", outcome=outcome)
    assert (f"<h1>{word}" in paper, f"<h1>{other}" in paper) == (True, False)
    name = sign_in().get(f"{url}certificate/")["Content-Disposition"]
    assert f"{word.split()[0].casefold()}-{outcome.code}" in name


def test_rounds_stand_on_the_desk_of_those_whom_they_wait_for(scene):
    silent, signed = procedure(scene), procedure(scene, kind="endorsement")

    def urls(user):
        return {item.url for item in desk_of_strategy(user) if item.is_mine}

    both = {silent.get_absolute_url(), signed.get_absolute_url()}
    assert both <= urls(scene.cast.focal_fao)
    assert not both & urls(scene.cast.contributor_undp)
    endorse(scene, signed)
    assert signed.get_absolute_url() not in urls(scene.cast.focal_undp)
    assert silent.get_absolute_url() not in urls(scene.cast.secretariat)
    cancel_round(consultation=silent, by=scene.cast.drafter, reason="x")
    assert silent.get_absolute_url() not in urls(scene.cast.focal_fao)


def test_public_deadlines_stand_in_the_calendar_and_private_ones_do_not(scene, sign_in):
    public, private = procedure(scene), procedure(scene, kind="endorsement", is_public=False)
    page = sign_in().get("/calendar/").content.decode()
    assert public.get_absolute_url() in page
    assert private.get_absolute_url() not in page
    file = sign_in().get("/calendar.ics").content.decode()
    assert f"round-{public.pk}-closes@" in file
    assert f"round-{private.pk}-closes@" not in file
    assert private.get_absolute_url() in sign_in(scene.cast.focal_undp).get("/calendar/").content.decode()


def test_the_page_of_a_round_asks_no_more_with_many_agencies(scene, sign_in, django_assert_max_num_queries):
    consultation = procedure(scene, kind="endorsement")
    endorse(scene, consultation)
    client, url = sign_in(scene.cast.secretariat), scene.url(f"rounds/{consultation.pk}/")
    client.get(url)
    with django_assert_max_num_queries(30) as one:
        client.get(url)
    for who, code in ((scene.cast.focal_fao, "fao"), (scene.cast.focal_who, "who")):
        endorse(scene, consultation, by=who, on_behalf_of=scene.organization(code))
    with django_assert_max_num_queries(len(one)):
        client.get(url)


def test_a_signatory_takes_their_endorsement_along_and_is_erased(scene):
    consultation = procedure(scene, kind="endorsement")
    person = scene.cast.focal_undp
    endorse(scene, consultation, signatory=person.full_name)
    assert data_of_person(person)["endorsements"][0]["signatory"] == person.full_name
    erase_person(user=person, traces=Traces(frozenset(), frozenset({person.full_name}), frozenset()))
    row = Endorsement.objects.get()
    assert (row.signatory, row.capacity) == ("[…]", "Deputy Director")
