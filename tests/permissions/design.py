"""The style guide: for developers and platform staff; elsewhere it does not exist."""

from tests.permissions import PLATFORM, Row, everybody

STAFF_ONLY = everybody(404) | {PLATFORM: 200}
ROWS = [
    Row("styleguide", expect=STAFF_ONLY),
    Row("styleguide-layout", {"name": "console"}, expect=STAFF_ONLY),
    Row("styleguide-layout", {"name": "nothing"}, expect=everybody(404) | {PLATFORM: 404}),
    Row("styleguide-theme", {"name": "plum"}, expect=STAFF_ONLY),
    Row("styleguide-theme", {"name": "nothing"}, expect=everybody(404) | {PLATFORM: 404}),
]
