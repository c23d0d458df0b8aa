"""The app, as `INSTALLED_APPS` finds it."""

from django.apps import AppConfig


class PoecWorkflowConfig(AppConfig):
    """The app `poec_workflow`."""

    name = "poec_workflow.contrib.django"
    label = "poec_workflow"
    verbose_name = "POEC"
    default_auto_field = "django.db.models.BigAutoField"
