"""A text as a table of rows: reading, splitting, rendering."""
