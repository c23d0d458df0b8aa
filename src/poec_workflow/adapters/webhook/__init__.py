"""Messages to webhooks (extra `webhook`): CloudEvents over HTTPS, signed by the Standard Webhooks specification."""

try:
    from poec_workflow.adapters.webhook.endpoints import Endpoint, Endpoints, MappedEndpoints
    from poec_workflow.adapters.webhook.public_addresses import IpAddress, refusal_of, system_addresses
    from poec_workflow.adapters.webhook.webhook_channel import WebhookChannel
except ModuleNotFoundError as error:
    error.add_note("This needs its extra: pip install 'poec-workflow[webhook]'")
    raise

__all__ = [
    "Endpoint",
    "Endpoints",
    "IpAddress",
    "MappedEndpoints",
    "WebhookChannel",
    "refusal_of",
    "system_addresses",
]
