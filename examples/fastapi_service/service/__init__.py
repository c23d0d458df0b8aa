"""A service that records absences, on FastAPI and SQLAlchemy's asyncio side."""
