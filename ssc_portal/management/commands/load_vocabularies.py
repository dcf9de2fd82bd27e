"""Load the vocabularies that every portal needs: countries, regions, goals, categories, themes."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from directory.services.vocabularies import load_vocabularies


class Command(BaseCommand):
    """Fill the vocabularies of an empty portal; rows that exist are left as they are."""

    help = "Load countries, regions, goals, targets, categories, agendas, pillars and themes. Safe to run again."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        load_vocabularies()
        self.stdout.write("Vocabularies are in place.")
