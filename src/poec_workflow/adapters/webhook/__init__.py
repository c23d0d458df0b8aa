"""Messages to webhooks (extra `webhook`): CloudEvents over HTTPS, signed by the Standard Webhooks specification."""

from poec_workflow.adapters.extras import needs_extra

with needs_extra("webhook"):
    from poec_workflow.adapters.webhook.endpoints import Endpoint, Endpoints, MappedEndpoints
    from poec_workflow.adapters.webhook.public_addresses import IpAddress, refusal_of, system_addresses
    from poec_workflow.adapters.webhook.webhook_channel import WebhookChannel

__all__ = [
    "Endpoint",
    "Endpoints",
    "IpAddress",
    "MappedEndpoints",
    "WebhookChannel",
    "refusal_of",
    "system_addresses",
]
