"""The app, as `INSTALLED_APPS` finds it."""

from django.apps import AppConfig


class PoecWorkflowConfig(AppConfig):
    """The app `poec_workflow`."""

    name = "poec_workflow.contrib.django"
    label = "poec_workflow"
    verbose_name = "POEC"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what `manage.py check` asks."""
        from poec_workflow.contrib.django.check_levels import register_checks  # noqa: PLC0415 - needs the apps

        register_checks()
