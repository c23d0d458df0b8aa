"""The workflow in a Django project: an app with its tables, screens, admin and commands.

`INSTALLED_APPS` names it, and `POEC_WORKFLOW` in the project's settings says what differs from the defaults; see
`configuration.Configuration`.
"""

from poec_workflow.adapters.extras import needs_extra

with needs_extra("django"):
    from poec_workflow.contrib.django.host_workflow import get_workflow

__all__ = ["get_workflow"]
