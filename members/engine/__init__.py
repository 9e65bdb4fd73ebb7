"""Pure rules about people's consent: no Django, no clock, no database."""
