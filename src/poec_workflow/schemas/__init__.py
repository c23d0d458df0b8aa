"""The wire format as JSON Schema, OpenAPI and AsyncAPI, made from the classes that read it.

Nothing is listed twice: a new field, command, event or code stands in the schemas by itself. `components` are schemas
by name, for an OpenAPI document of a service's own; `schema_of` is one of them by itself;
`document` is what `poec-workflow schema` prints.
"""

from poec_workflow.schemas.json_schemas import components, reference_to, schema_of
from poec_workflow.schemas.operations import OPERATIONS, Operation
from poec_workflow.schemas.schema_documents import DOCUMENTS, document

__all__ = ["DOCUMENTS", "OPERATIONS", "Operation", "components", "document", "reference_to", "schema_of"]
