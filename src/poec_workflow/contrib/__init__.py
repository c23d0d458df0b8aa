"""The workflow at home in a framework: an app for Django, dependencies and handlers for FastAPI."""
