"""Revision 0004 of the workflow's tables: what came of each convocation."""

from django.db import migrations

from poec_workflow.contrib.django.revision_operation import Revision


class Migration(migrations.Migration):
    """Make or upgrade them."""

    dependencies = (("poec_workflow", "0003_revision"),)
    operations = (Revision("0004"),)
