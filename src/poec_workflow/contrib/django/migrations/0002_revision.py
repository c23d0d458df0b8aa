"""Revision 0002 of the workflow's tables: texts are folded anew, and indexed."""

from django.db import migrations

from poec_workflow.contrib.django.revision_operation import Revision


class Migration(migrations.Migration):
    """Make or upgrade them."""

    dependencies = (("poec_workflow", "0001_revision"),)
    operations = (Revision("0002"),)
