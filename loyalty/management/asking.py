"""What several commands are asked for."""

from django.core.management.base import CommandError

from loyalty.models import Business


def business_at(slug: str | None) -> Business | None:
    """Return the business at an address, None where none is asked for; an unknown address ends the command with 2."""
    if slug is None:
        return None
    found = Business.objects.filter(slug=slug).first()
    if found is None:
        raise CommandError(f"There is no business at the address {slug!r}.", returncode=2)
    return found
