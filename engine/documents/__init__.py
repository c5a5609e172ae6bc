"""What a file says: one reader a format, from bytes to the rows of a script."""
