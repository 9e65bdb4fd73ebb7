"""Pages of the installation itself: outside the demo there is no log-in with one click."""

from tests.permissions import Row, everybody

ROWS = [
    Row("health", expect=everybody(200)),
    Row("local:demo", expect=everybody(404)),
    Row("local:demo-login", {"code": "owner"}, method="post", expect=everybody(404)),
    Row("local:outbox", expect=everybody(200)),
]
