"""What is not of one business: all shops of a person, and the service worker."""

from tests.permissions import Row, everybody, signed_in

ROWS = [
    Row("members:my-shops", expect=signed_in()),
    Row("members:service-worker", expect=everybody()),
]
