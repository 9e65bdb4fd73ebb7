"""Django's SQLite, whose writers wait in a queue: docs/adr/0021."""
