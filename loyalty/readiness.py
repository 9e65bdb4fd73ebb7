"""What a business still lacks before it can go live: every app adds its own checks at start.

    from loyalty.readiness import Issue, register

    def notice_is_published(business: Business) -> list[Issue]:
        return [] if … else [Issue(_("Write the privacy notice."), "members:notice", blocking=True)]

    register(notice_is_published)       # in AppConfig.ready()

A blocking issue keeps the program from going live; once it is live, all issues are warnings.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise

from loyalty.models.businesses import Business


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing that is missing, as an instruction, and the console page (reversed with the business) to mend it."""

    message: str | Promise
    url_name: str
    blocking: bool
    why: str | Promise = ""

    def url(self, business: Business) -> str:
        """Return the address of the page on which it is mended."""
        return reverse(self.url_name, kwargs={"business": business.slug})


type Check = Callable[[Business], Iterable[Issue]]

_checks: list[Check] = []


def register(check: Check) -> None:
    """Add a check; the same check again changes nothing."""
    if check not in _checks:
        _checks.append(check)


def issues(business: Business) -> list[Issue]:
    """Return all that is missing, what blocks first."""
    found = [issue for check in _checks for issue in check(business)]
    return sorted(found, key=lambda issue: not issue.blocking)


def blocking(business: Business) -> list[Issue]:
    """Return what keeps the business from going live."""
    return [issue for issue in issues(business) if issue.blocking]
