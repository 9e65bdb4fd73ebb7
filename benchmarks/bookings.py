"""One client books purchases of many customers: the product beside the bare driver."""

from pathlib import Path

from benchmarks.anchors import Bare, BarePostgres, BareSqlite
from benchmarks.rounds import Goal, Result, Round, in_turns, play
from benchmarks.shop import Shop

GOALS = {"postgresql": Goal(0.70), "sqlite": Goal(0.60)}


def bare(shop: Shop, url: str, account: int | None = None) -> Bare:
    """Return the anchor for a database."""
    if url.startswith("sqlite:"):
        return BareSqlite(shop, Path(url.removeprefix("sqlite:///")), account)
    return BarePostgres(shop, url, account)


def one_client(shop: Shop, url: str, *, rounds: int, count: int) -> list[Result]:
    """Book count purchases by the product and as many bare in each round."""
    anchor = bare(shop, url)
    kind = "sqlite" if url.startswith("sqlite:") else "postgresql"

    def one_round() -> Round:
        return in_turns(shop.book, anchor.book, count=count)

    return [play(f"book a purchase, {kind}, one client (per second)", GOALS[kind], one_round, rounds=rounds)]
