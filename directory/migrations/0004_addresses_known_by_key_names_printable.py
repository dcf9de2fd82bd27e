"""An address is known whatever its case and look-alike letters; a name has no line breaks or invisible characters."""

from django.db import migrations, models

import directory.models.people
from common.addresses import address_key

UNPRINTABLE = r"[\u0001-\u001F\u007F-\u009F\u200E\u200F\u2028-\u202E\u2066-\u2069]"


def fill(apps, schema_editor):
    """Write the keys and clean the names; stop where two accounts have one key, for somebody must say whose it is."""
    known = {}
    changed = []
    for person in apps.get_model("directory", "User").objects.order_by("pk").iterator():
        person.email_key = address_key(person.email)
        if person.email_key in known:
            raise RuntimeError(
                f"Accounts {known[person.email_key]} and {person.pk} have addresses that look alike. "
                "Change the address of one of them in the administration, then migrate again."
            )
        known[person.email_key] = person.pk
        person.given_name = directory.models.people.printable(person.given_name)
        person.family_name = directory.models.people.printable(person.family_name)
        changed.append(person)
    apps.get_model("directory", "User").objects.bulk_update(
        changed, ["email_key", "given_name", "family_name"], batch_size=1000
    )


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("directory", "0003_links_withdrawn_memberships_ended"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="email_key",
            field=models.CharField(
                default="",
                editable=False,
                help_text="Its case and look-alike letters evened out.",
                max_length=1000,
                verbose_name="what the address is known by",
            ),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="user",
            name="family_name",
            field=models.CharField(
                blank=True, max_length=120, validators=[directory.models.people.validate_name], verbose_name="family name"
            ),
        ),
        migrations.AlterField(
            model_name="user",
            name="given_name",
            field=models.CharField(
                blank=True, max_length=120, validators=[directory.models.people.validate_name], verbose_name="given name"
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(fields=("email_key",), name="user_email_once_whatever_its_letters"),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(("email_key", ""), _negated=True), name="user_email_has_its_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("given_name__regex", UNPRINTABLE), _negated=True),
                    models.Q(("family_name__regex", UNPRINTABLE), _negated=True),
                ),
                name="user_name_has_no_control_characters",
            ),
        ),
    ]
