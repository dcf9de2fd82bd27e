"""Accounts, organizations, vocabularies and the kernel's records for administrators."""

from django.contrib import admin

from directory.admin import access, organizations, people, vocabularies, work

# What hangs on a row is protected, and the page that asks before deleting would list it.
admin.site.disable_action("delete_selected")

__all__ = ["access", "organizations", "people", "vocabularies", "work"]
