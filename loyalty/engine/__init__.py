"""Pure rules on plain data: no database, no clock, no Django."""
