"""Revision 0007 of the workflow's tables: the place of each history entry in the feed."""

from django.db import migrations

from poec_workflow.contrib.django.revision_operation import Revision


class Migration(migrations.Migration):
    """Make or upgrade them."""

    dependencies = (("poec_workflow", "0006_revision"),)
    operations = (Revision("0007"),)
