"""A service's own rules, and its own storage."""
