"""Revision 0001 of the workflow's tables, and the memberships of users."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from poec_workflow.contrib.django.actor_kinds import actor_kinds
from poec_workflow.contrib.django.revision_operation import Revision


class Migration(migrations.Migration):
    """Make them."""

    initial = True
    dependencies = (migrations.swappable_dependency(settings.AUTH_USER_MODEL),)
    operations = (
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=actor_kinds, max_length=16)),
                ("organization", models.CharField(blank=True, max_length=64)),
                ("candidate", models.CharField(blank=True, max_length=64)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="poec_memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "kind", "organization", "candidate"), name="poec_membership_once"
                    )
                ],
            },
        ),
        Revision("0001"),
    )
