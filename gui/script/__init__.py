"""The Script view: a text as a table of rows, from file to recording."""
