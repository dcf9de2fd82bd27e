"""The shape of the house: what import-linter cannot see."""

import ast
import re
from pathlib import Path

import pytest
from celery import current_app
from django.apps import apps
from django.conf import settings
from django.template.loader import get_template

from directory.models import StateChange
from notifications.kinds import all_kinds

# Top to bottom: an app may point at those after it.
ORDER = ["ssc_portal", "meetings", "briefs", "solutions", "strategy", "notifications", "directory", "common"]
OURS = [model for model in apps.get_models() if model._meta.app_label in ORDER]
SOURCES = [path for app in ORDER for path in (settings.BASE_DIR / app).rglob("*.py") if "migrations" not in path.parts]


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_relation_points_down(model: type) -> None:
    """String foreign keys escape import-linter; a model must not know an app above its own."""
    own = ORDER.index(model._meta.app_label)
    for field in model._meta.get_fields(include_hidden=True):
        if field.is_relation and not field.auto_created and field.related_model._meta.app_label in ORDER:
            assert ORDER.index(field.related_model._meta.app_label) >= own, field


def test_no_inline_import_of_another_app() -> None:
    """An import inside a function would dodge the direction; only heavy libraries may be imported there."""
    found = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                found += [
                    f"{path.relative_to(settings.BASE_DIR)}:{inner.lineno}"
                    for inner in ast.walk(node)
                    if isinstance(inner, ast.ImportFrom) and (inner.module or "").split(".")[0] in ORDER
                ]
    assert found == []


def test_every_text_is_found_by_the_extraction() -> None:
    """makemessages knows `_` and Django's own names: a text under another name would never be translated."""
    aliases = re.compile(r"import .*gettext\w* as (?!_$|_,)\w+", re.MULTILINE)
    assert [path.name for path in SOURCES if aliases.search(path.read_text(encoding="utf-8"))] == []


def test_every_task_sent_by_name_is_registered() -> None:
    current_app.loader.import_default_modules()
    sent = set()
    for path in SOURCES:
        sent |= set(re.findall(r"\bsend(?:_on_commit)?\(\s*\"([a-z_.]+)\"", path.read_text()))
    sent |= {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert sent
    assert sent <= set(current_app.tasks)


def test_every_kind_of_message_has_its_text() -> None:
    for kind in all_kinds():
        if kind.render is None and not kind.name.startswith("tests."):
            get_template(kind.template)


@pytest.mark.parametrize("model", [model for model in OURS if hasattr(model, "TRANSITIONS")], ids=lambda model: model._meta.label)
def test_every_state_has_its_transitions_and_a_history(model: type) -> None:
    states = {code for code, _ in model._meta.get_field("state").flatchoices}
    assert set(model.TRANSITIONS) <= states
    assert {new for targets in model.TRANSITIONS.values() for new in targets} <= states
    assert model._meta.get_field("state_changes")


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_model_has_a_docstring_of_its_own(model: type) -> None:
    if not issubclass(model, StateChange):  # what they are is said once, there
        assert model.__doc__
        assert not model.__doc__.startswith(f"{model.__name__}(")


def test_files_stay_readable() -> None:
    long = [str(path.relative_to(settings.BASE_DIR)) for path in SOURCES if len(path.read_text().splitlines()) > 550]
    assert long == []


def test_no_template_has_inline_script_or_style() -> None:
    """The Content-Security-Policy would stop it; this says so before the browser does."""
    bad = []
    for path in (settings.BASE_DIR / "templates").rglob("*.html"):
        parts = path.relative_to(settings.BASE_DIR / "templates").parts
        if parts[0] in {"emails", "pdf"}:
            continue
        text = re.sub(r"{%.*?%}", "", Path(path).read_text(), flags=re.DOTALL)
        if re.search(
            r"<style\b|\sstyle=|\son[a-z]+=\"|<script(?![^>]*\b(?:src\b|nonce\b|type=\"application/(?:ld\+)?json\"))", text
        ):
            bad.append(str(path.relative_to(settings.BASE_DIR)))
    assert bad == []
