"""The app, as `INSTALLED_APPS` finds it."""

from django.apps import AppConfig
from django.core.checks import Tags, register


class PoecWorkflowConfig(AppConfig):
    """The app `poec_workflow`."""

    name = "poec_workflow.contrib.django"
    label = "poec_workflow"
    verbose_name = "POEC"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what `manage.py check` asks."""
        from poec_workflow.contrib.django import (  # noqa: PLC0415 - they need the registry of apps
            database_checks,
            screen_checks,
            setting_checks,
        )

        register(setting_checks.check_setting, "poec_workflow")
        register(setting_checks.check_deployment, "poec_workflow", deploy=True)
        register(database_checks.check_database, "poec_workflow")
        register(database_checks.check_schema, Tags.database)
        register(screen_checks.check_screens, "poec_workflow")
