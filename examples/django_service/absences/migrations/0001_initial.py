"""The service's own table."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Make it."""

    initial = True
    operations = [
        migrations.CreateModel(
            name="Report",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("application", models.CharField(max_length=64)),
                ("organization", models.CharField(max_length=64)),
                ("comment", models.TextField(blank=True)),
                ("outcome", models.CharField(blank=True, max_length=16)),
            ],
        ),
    ]
