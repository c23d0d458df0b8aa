"""The wire format as JSON Schema, OpenAPI and AsyncAPI, made from the classes that read it.

Nothing is listed twice: a new field, command, event or code stands in the schemas by itself. `components` are schemas
by name, for an OpenAPI document of a service's own; `schema_of` is one of them by itself.
"""

from poec_workflow.schemas.json_schemas import components, reference_to, schema_of

__all__ = ["components", "reference_to", "schema_of"]
