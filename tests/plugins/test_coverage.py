"""The share of branches is taken app by app, and one that fell below its floor is told."""

from tests.coverage import below, shares


def summary(taken: int, there: int) -> dict[str, dict[str, int]]:
    return {"summary": {"covered_branches": taken, "num_branches": there}}


def test_files_of_an_app_are_added_up() -> None:
    report = {
        "files": {"loyalty/a.py": summary(9, 10), "loyalty/b/c.py": summary(0, 20), "members/a.py": summary(2, 3)}
    }
    assert shares(report) == {"loyalty": 30.0, "members": 66.6}


def test_an_app_below_its_floor_is_told() -> None:
    floors = {"loyalty": 90.1, "members": 80.0}
    assert below({"loyalty": 90.0, "members": 80.0}, floors) == [
        "loyalty: 90.0 % of its branches are taken by tests, its floor is 90.1 %"
    ]


def test_an_app_that_was_not_measured_is_below() -> None:
    assert len(below({}, {"loyalty": 1.0})) == 1
