"""Everything that is SQLite's: the connection, statements written out, the schema and its migrations."""
