"""Texts as people read them, the same on the command line and in a browser: fields, endings, cells of a spreadsheet."""
