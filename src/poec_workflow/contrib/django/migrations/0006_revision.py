"""Revision 0006 of the workflow's tables: who sees an application and an action, as columns that lists go by."""

from django.db import migrations

from poec_workflow.contrib.django.revision_operation import Revision


class Migration(migrations.Migration):
    """Make or upgrade them."""

    dependencies = (("poec_workflow", "0005_revision"),)
    operations = (Revision("0006"),)
