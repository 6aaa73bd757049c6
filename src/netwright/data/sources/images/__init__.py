"""Images as a table: a row for each, its file, its key and, where the source tells them, its label and its part."""
