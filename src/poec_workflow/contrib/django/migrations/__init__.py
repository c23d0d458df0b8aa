"""The app's migrations: one for each revision of the workflow's tables, whose number its name begins with."""
