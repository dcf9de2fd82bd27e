"""Compare the message catalogues with what the code says: nothing missing, nothing left over."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import to_locale

SHOWN = 5
NOT_SOURCES = shutil.ignore_patterns(
    ".*", "__pycache__", "node_modules", "var", "locale", "static", "tests", "bench", "docs", "*.po", "*.mo"
)


class Command(BaseCommand):
    """Fails when a catalogue lacks a message of the code or holds one that the code no longer has."""

    help = "Check that every catalogue in locale/ holds exactly the messages of the code. Dates and places do not count."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        if not shutil.which("xgettext"):
            raise CommandError(
                "gettext is missing, so messages cannot be extracted: install it (the package is called gettext everywhere)."
            )
        wanted = self.extract()
        complaints = []
        for language in sorted(to_locale(code) for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE):
            catalogue = settings.BASE_DIR / "locale" / language / "LC_MESSAGES" / "django.po"
            held = self.messages(catalogue)
            complaints += [f"{language}: not translated {self.shown(key)}" for key in self.untranslated(catalogue)[:SHOWN]]
            complaints += [f"{language}: missing {self.shown(key)}" for key in sorted(wanted - held)[:SHOWN]]
            complaints += [f"{language}: no longer in the code {self.shown(key)}" for key in sorted(held - wanted)[:SHOWN]]
            if wanted != held:
                complaints.append(f"{language}: {len(wanted - held)} missing, {len(held - wanted)} left over of {len(wanted)}")
        if complaints:
            raise CommandError(
                "\n".join(
                    [*complaints, "Bring them up to date: .venv/bin/python manage.py makemessages --all --ignore node_modules"]
                )
            )
        self.stdout.write(f"{len(wanted)} messages, every catalogue up to date.")

    def extract(self) -> set[tuple[str, str]]:
        """The messages of the code, taken from a copy because makemessages writes beside what it reads."""
        with tempfile.TemporaryDirectory(prefix="ssc-messages-") as folder:
            copy = Path(folder) / "copy"
            shutil.copytree(settings.BASE_DIR, copy, ignore=NOT_SOURCES, symlinks=True)
            (copy / "locale").mkdir()
            command = [sys.executable, "-m", "django", "makemessages", "--locale", "fr", "--no-location", "--verbosity", "0"]
            without_settings = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
            done = subprocess.run(command, cwd=copy, env=without_settings, capture_output=True, text=True)  # noqa: S603 – our own words
            if done.returncode:
                raise CommandError(done.stderr)
            return self.messages(copy / "locale" / "fr" / "LC_MESSAGES" / "django.po")

    def messages(self, catalogue: Path) -> set[tuple[str, str]]:
        """Context and text of every message in this file, obsolete ones left out."""
        if not catalogue.exists():
            return set()
        with catalogue.open("rb") as file:
            return {(message.context or "", str(message.id)) for message in read_po(file) if message.id}

    def untranslated(self, catalogue: Path) -> list[tuple[str, str]]:
        """Messages of this file without words of its language, or with words that a machine guessed."""
        if not catalogue.exists():
            return []
        with catalogue.open("rb") as file:
            rows = [message for message in read_po(file) if message.id]
        texts = [(row, row.string if isinstance(row.string, tuple) else (row.string,)) for row in rows]
        return sorted((row.context or "", str(row.id)) for row, strings in texts if row.fuzzy or not all(strings))

    def shown(self, key: tuple[str, str]) -> str:
        return repr(key[1][:100]) + (f" ({key[0]})" if key[0] else "")
