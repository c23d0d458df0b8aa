"""The wire format as JSON Schema, OpenAPI and AsyncAPI, made from the classes that read it."""
