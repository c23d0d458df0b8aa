"""Revision 0003 of the workflow's tables: lists in the order of registration and of start."""

from django.db import migrations

from poec_workflow.contrib.django.revision_operation import Revision


class Migration(migrations.Migration):
    """Make or upgrade them."""

    dependencies = (("poec_workflow", "0002_revision"),)
    operations = (Revision("0003"),)
