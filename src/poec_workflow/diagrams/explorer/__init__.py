"""The explorer: a page that answers with what the rules answered."""
