import pytest
from django.test import Client
from tests.factories.strategy import *
from strategy.services.setup import start_draft
from strategy.models import Draft
BIG = "9" * 5000
def go(client, method, url, **kw):
    client.raise_request_exception = False
    r = getattr(client, method)(url, **kw)
    return r.status_code
@pytest.fixture
def C(scene):
    c = Client(); c.force_login(scene.cast.drafter); return c
@pytest.fixture
def S(scene):
    c = Client(); c.force_login(scene.cast.secretariat); return c
def test_compare_any_empty(scene, S):
    s = StrategyFactory()
    assert go(S, "get", f"/strategy/{s.slug}/compare/") != 500
def test_cursor(scene, C):
    for v in ("--5.3", "-.3", "5.²", "-5-.1"):
        assert go(C, "get", scene.url("answers/"), data={"after": v}) != 500, v
@pytest.fixture
def new(scene):
    return start_draft(strategy=scene.strategy, by=scene.cast.secretariat, values={"label": "Next"}, copies_latest=True)
def test_split(scene, C, new):
    row = new.paragraphs.filter(kind="paragraph").first()
    u = scene.url(f"drafts/{new.number}/write/{row.uid}/split/")
    assert go(C, "get", u, data={"at": BIG}) != 500
def test_split_post(scene, C, new):
    row = new.paragraphs.filter(kind="paragraph").first()
    u = scene.url(f"drafts/{new.number}/write/{row.uid}/split/")
    assert go(C, "post", u, data={"place": BIG}) != 500
    assert go(C, "post", u, data={"place": "3", "revision": BIG}) != 500
def test_save_big_call(scene, C, new):
    row = new.paragraphs.filter(kind="paragraph").first()
    u = scene.url(f"drafts/{new.number}/write/{row.uid}/")
    assert go(C, "post", u, data={"kind": "paragraph", "number": row.number, "text": f"a [^{BIG}]", "revision": row.revision}) != 500
def test_round_reminders(scene, S):
    assert go(S, "post", scene.url(f"drafts/{scene.draft.number}/round/"), data={"reminder_days": BIG, "kind": "comments"}) != 500
def test_round_far(scene, S):
    for v in ("9999-12-31T23:59", "0001-01-01T00:00"):
        st = go(S, "post", scene.url(f"rounds/{scene.round.pk}/extend/"), data={"closes_at": v, "closes_at_0": v[:10], "closes_at_1": v[11:], "reason": "x", "confirm": "on"})
        assert st != 500, v
    for p in ("", f"rounds/{scene.round.pk}/", f"drafts/{scene.draft.number}/"):
        assert go(S, "get", scene.url(p)) != 500, p
def test_nul(scene, C, new):
    row = new.paragraphs.filter(kind="paragraph").first()
    gets = ["answers/", f"drafts/{new.number}/write/", f"drafts/{new.number}/write/new/", f"drafts/{new.number}/lineage/", "compare/", "moderation/", "matrix/", "progress/", f"drafts/{scene.draft.number}/compilation/", f"drafts/{scene.draft.number}/detached/", f"rounds/{scene.round.pk}/"]
    bad = []
    for u in gets:
        for name in ("after","before","show","round","agency","section","type","kind","assigned","part","text","at","did","page","since","old","new","view","next","comments"):
            for v in ("\x00", "x"*10000, "-1", BIG, "²", "٣", "--1", "\ud7ff"):
                st = go(C, "get", scene.url(u), data={name: v})
                if st >= 500: bad.append((u, name, v[:5]))
    assert not bad
def test_pending_next(scene, C):
    pass
