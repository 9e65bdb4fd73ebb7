"""How much was sent, by whom, to what, and how much of it a page looked at."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

LOG_IN = "/accounts/login/"
REFUSED_BEFORE = (403, 404, 405)
"""What is answered before a page looks at what was sent: nobody's business, not there, not by this method."""


@dataclass
class Tally:
    """The requests of one test or of many; the names of what was met are kept, so that what two met counts once."""

    requests: int = 0
    posts: int = 0
    posts_reaching: int = 0
    failures: int = 0
    roles: set[str] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)
    pages: set[str] = field(default_factory=set)
    forms: set[str] = field(default_factory=set)

    def note(self, who: str, method: str, status: int, url: str = "") -> None:
        """Count a request and its answer; url is where it leads to."""
        self.requests += 1
        self.roles.add(who)
        self.failures += status >= 500
        if method == "POST":
            self.posts += 1
            self.posts_reaching += status not in REFUSED_BEFORE and not url.startswith(LOG_IN)

    def taken(self) -> dict[str, object]:
        """Return what was counted as plain values, and begin anew."""
        kept = {name: sorted(value) if isinstance(value, set) else value for name, value in vars(self).items()}
        vars(self).update(vars(Tally()))
        return kept


def together(tallies: Iterable[Mapping[str, object]]) -> Tally:
    """Return the sum of what was taken of several tests."""
    whole = Tally()
    for each in tallies:
        for name, value in each.items():
            held = getattr(whole, name)
            setattr(whole, name, held | set(value) if isinstance(value, list) else held + value)
    return whole


def in_words(tally: Tally) -> str:
    share = 100 * tally.posts_reaching // max(tally.posts, 1)
    return (
        f"Fuzzing sent {tally.requests} requests over {len(tally.forms)} forms and {len(tally.addresses)} addresses, "
        f"{len(tally.pages)} of them open, as {len(tally.roles)} roles; {tally.posts} of them by POST, "
        f"of which {share} % reached their page. It met {tally.failures} failures (500)."
    )
