"""Revision 0005 of the workflow's tables: messages in place of the outbox."""

from django.db import migrations

from poec_workflow.contrib.django.revision_operation import Revision


class Migration(migrations.Migration):
    """Make or upgrade them."""

    dependencies = (("poec_workflow", "0004_revision"),)
    operations = (Revision("0005"),)
