"""Dockerfile, docker-compose.yml and docs/deploy.md against what the settings require and the code offers."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from ssc_portal.demo import PROJECT, QUEUES
from ssc_portal.embedded import LOCALE
from ssc_portal.engine_programs import POSTGRES_VERSION

ALL_QUEUES = ",".join(QUEUES.values()).split(",")
COMPOSE = yaml.safe_load((PROJECT / "docker-compose.yml").read_text())
DOCKERFILE = (PROJECT / "Dockerfile").read_text()
DEPLOY = (PROJECT / "docs" / "deploy.md").read_text()
OURS = ("prepare", "web", "worker", "beat")
MADE_UP = {
    "SECRET_KEY": "a-made-up-key-that-is-long-enough-for-production-settings-to-take",
    "ALLOWED_HOSTS": "portal.example",
    "PUBLIC_URL": "https://portal.example",
    "DATABASE_URL": "postgres://portal:secret@127.0.0.1:1/portal",
    "REDIS_URL": "redis://:secret@127.0.0.1:1/0",
    "EMAIL_URL": "smtp+tls://user:secret@127.0.0.1:1",
    "DEFAULT_FROM_EMAIL": "Portal <portal@portal.example>",
    "PORTAL_DATA": "/nonexistent",
}


def required() -> set[str]:
    """The variables without which the production settings refuse to start, read from their source."""
    tree = ast.parse((PROJECT / "ssc_portal" / "settings" / "prod.py").read_text())
    tables = [node.value for node in tree.body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "REQUIRED"]
    return set(ast.literal_eval(tables[0]))


def variables_read() -> set[str]:
    """Every variable that the settings of production read from the environment."""
    text = "".join(
        (PROJECT / "ssc_portal" / "settings" / name).read_text() for name in ("accounts.py", "base.py", "prod.py", "retention.py")
    )
    return set(re.findall(r'env\.\w+\("(\w+)"', text)) | required()


def production(environment: dict[str, str], *command: str) -> subprocess.CompletedProcess:
    clean = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    clean |= {"DJANGO_SETTINGS_MODULE": "ssc_portal.settings.prod"} | environment
    return subprocess.run([sys.executable, *command], cwd=PROJECT, env=clean, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize("service", OURS)
def test_each_of_our_services_gets_every_required_variable(service: str) -> None:
    assert required() <= set(COMPOSE["services"][service]["environment"])


def test_compose_sets_no_variable_that_nothing_reads() -> None:
    known = variables_read() | {"GRANIAN_WORKERS"}
    assert {name for service in OURS for name in COMPOSE["services"][service]["environment"]} <= known


def test_what_a_person_must_set_is_marked_as_required_and_listed_in_the_example() -> None:
    text = (PROJECT / "docker-compose.yml").read_text()
    marked = set(re.findall(r"\$\{(\w+):\?", text))
    example = set(re.findall(r"^(\w+)=", (PROJECT / "docs" / "env.example").read_text(), re.MULTILINE))
    assert marked == example
    assert required() - {"DATABASE_URL", "REDIS_URL", "PORTAL_DATA"} <= marked


def test_the_made_up_values_of_these_tests_are_what_is_required() -> None:
    assert set(MADE_UP) == required()


def test_every_variable_is_explained() -> None:
    explained = set(re.findall(r"`([A-Z_]+)`", DEPLOY))
    in_compose = set(re.findall(r"\$\{(\w+)", (PROJECT / "docker-compose.yml").read_text()))
    development_only = {"PORT"}
    assert (variables_read() | in_compose) - development_only <= explained


def test_production_settings_refuse_to_start_and_name_each_missing_variable() -> None:
    for name in sorted(required()):
        done = production({key: value for key, value in MADE_UP.items() if key != name}, "-c", "import ssc_portal.settings.prod")
        assert done.returncode != 0
        assert f"  {name}: " in done.stderr


def test_production_settings_pass_the_deployment_check() -> None:
    done = production(MADE_UP, "manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr


def test_every_part_waits_for_what_it_needs() -> None:
    for service in ("web", "worker", "beat"):
        waits = {name: how["condition"] for name, how in COMPOSE["services"][service]["depends_on"].items()}
        assert waits == {"prepare": "service_completed_successfully", "db": "service_healthy", "redis": "service_healthy"}
    assert {name: how["condition"] for name, how in COMPOSE["services"]["prepare"]["depends_on"].items()} == {
        "db": "service_healthy",
        "redis": "service_healthy",
    }


def test_every_lasting_service_has_a_health_check() -> None:
    for name in ("worker", "documents", "render", "beat", "db", "redis"):
        assert "test" in COMPOSE["services"][name]["healthcheck"]
    assert "/healthz" in DOCKERFILE  # web has the image's


def test_every_volume_is_declared() -> None:
    used = {volume.split(":")[0] for service in COMPOSE["services"].values() for volume in service.get("volumes", [])}
    assert used == set(COMPOSE["volumes"])


def test_the_workers_take_every_queue_that_tasks_are_sent_to(settings) -> None:
    routed = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()} | {settings.CELERY_TASK_DEFAULT_QUEUE}
    assert routed == set(ALL_QUEUES)
    for name, queues in QUEUES.items():
        command = COMPOSE["services"][name]["command"]
        assert command[command.index("--queues") + 1] == queues


def test_every_task_goes_to_a_queue_that_a_worker_takes() -> None:
    from ssc_portal import celery_app

    celery_app.loader.import_default_modules()
    ours = {name: task for name, task in celery_app.tasks.items() if not name.startswith("celery.")}
    queues = {name: celery_app.amqp.router.route({}, name, [], {})["queue"].name for name in ours}
    assert set(queues.values()) == set(ALL_QUEUES)
    assert (queues["notifications.deliver"], queues["directory.run_job"]) == ("mail", "documents")
    assert queues["directory.run_render_job"] == "render"
    assert (queues["notifications.forget_bodies"], queues["directory.sweep_jobs"]) == ("index", "celery")
    assert {entry["task"] for entry in celery_app.conf.beat_schedule.values()} <= set(ours)


def test_commands_name_what_exists() -> None:
    from ssc_portal import celery_app, wsgi

    assert celery_app.main == "ssc_portal"
    assert callable(wsgi.application)
    assert '"ssc_portal.wsgi:application"' in DOCKERFILE
    assert [COMPOSE["services"][name]["command"][:4] for name in ("worker", "beat")] == [
        ["celery", "-A", "ssc_portal", "worker"],
        ["celery", "-A", "ssc_portal", "beat"],
    ]
    assert "python manage.py migrate" in COMPOSE["services"]["prepare"]["command"][2]


def test_commands_of_granian_and_celery_are_installed() -> None:
    for module in ("granian", "celery"):
        done = subprocess.run([sys.executable, "-m", module, "--version"], capture_output=True, timeout=60)
        assert done.returncode == 0


def test_the_image_runs_without_root_and_without_build_tools() -> None:
    final = DOCKERFILE[DOCKERFILE.rindex("\nFROM ") :]
    assert "\nUSER portal\n" in final
    assert final.index("\nUSER portal\n") < final.index("\nCMD ")
    assert not re.search(r"\b(gcc|build-essential|make|nodejs|npm)\b", final)


def test_the_image_copies_only_what_exists() -> None:
    for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE):
        for source in line.split()[:-1]:
            assert (PROJECT / source).exists(), source


def test_the_image_leaves_out_only_packages_that_are_required_by_name() -> None:
    left_out = re.search(r"grep -vE '\^\(([^)]+)\)==", DOCKERFILE)
    assert left_out
    named = re.findall(r"^([\w.-]+)[\[=]", (PROJECT / "requirements.txt").read_text(), re.MULTILINE)
    assert set(left_out[1].split("|")) <= set(named)


def test_database_and_locale_are_those_of_the_embedded_engine() -> None:
    database = COMPOSE["services"]["db"]
    assert database["image"].startswith(f"postgres:{POSTGRES_VERSION}")
    assert set(LOCALE) <= set(database["environment"]["POSTGRES_INITDB_ARGS"].split())


def test_no_file_of_operations_names_a_place_to_download_from() -> None:
    names = [
        "requirements.txt",
        "requirements-dev.txt",
        "constraints.txt",
        "package.json",
        "package-lock.json",
        ".npmrc",
        "Dockerfile",
    ]
    for path in [PROJECT / name for name in names] + sorted((PROJECT / "bin").iterdir()):
        text = path.read_text()
        assert not re.search(r"index-url\s*=|registry\s*=|https?://(?!127\.0\.0\.1)[^\s'\"]*\.(tgz|whl|gz)", text), path


def test_every_requirement_is_pinned_and_so_is_what_it_brings() -> None:
    for name in ("requirements.txt", "requirements-dev.txt", "constraints.txt"):
        lines = [line for line in (PROJECT / name).read_text().splitlines() if line and not line.startswith(("#", "-r"))]
        assert lines
        assert [line for line in lines if not re.match(r"^[\w.-]+(\[[\w,-]+\])?==[\w.]+( ?;.+)?$", line)] == []


def test_requirements_and_constraints_agree() -> None:
    def pins(name: str) -> dict[str, str]:
        found = re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==([\w.]+)", Path(PROJECT / name).read_text(), re.MULTILINE)
        return {package.lower().replace("_", "-"): version for package, version in found}

    constraints = pins("constraints.txt")
    wanted = pins("requirements.txt") | pins("requirements-dev.txt")
    assert {package: constraints.get(package) for package in wanted} == wanted
