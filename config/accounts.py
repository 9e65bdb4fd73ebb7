"""What log-ins do differently here than in django-allauth."""

from config.safe_log_ins import SafeLogIns


class AccountAdapter(SafeLogIns):
    """The adapter that the log-in pages ask."""

    def is_safe_url(self, url: str) -> bool:
        """Return whether somebody may be sent on to an address of this site; one that cannot be parsed is none."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False
