"""Revision 0001 of the workflow's tables, and the memberships of users."""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from poec_workflow.contrib.django.active_language import lazy_word
from poec_workflow.contrib.django.actor_kinds import actor_kinds
from poec_workflow.contrib.django.revision_operation import Revision, row_states

REFERENCE: Any = {"blank": True, "max_length": 64}


class Migration(migrations.Migration):
    """Make them."""

    initial = True
    dependencies = (migrations.swappable_dependency(settings.AUTH_USER_MODEL),)
    operations = (
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=actor_kinds, max_length=16, verbose_name=lazy_word("host.acts-as"))),
                (
                    "organization",
                    models.CharField(**REFERENCE, verbose_name=lazy_word("host.organization")),
                ),
                (
                    "candidate",
                    models.CharField(**REFERENCE, verbose_name=lazy_word("host.candidate-reference")),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="poec_memberships",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name=lazy_word("host.user"),
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "kind", "organization", "candidate"), name="poec_membership_once"
                    )
                ],
                "verbose_name": lazy_word("host.model-membership"),
                "verbose_name_plural": lazy_word("host.models-membership"),
            },
        ),
        *row_states(),
        Revision("0001"),
    )
