"""A text as a table of rows: which rows there are, how they are spoken, which take counts."""
