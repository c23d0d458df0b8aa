"""Revision 0008 of the workflow's tables: each history entry carries the digest of the one before it."""

from django.db import migrations

from poec_workflow.contrib.django.revision_operation import Revision


class Migration(migrations.Migration):
    """Make or upgrade them."""

    dependencies = (("poec_workflow", "0007_revision"),)
    operations = (Revision("0008"),)
