"""The way in: joining, the code, and claiming what the counter made."""

from tests.permissions import Row, business, everybody, members

ROWS = [
    Row("members:join", business, expect=everybody() | {"member": 302}),
    Row("members:join", business, method="post", expect=everybody(422) | {"member": 302}),
    Row("members:join-code", business, expect=everybody(302)),
    Row("members:join-code", business, method="post", expect=everybody(302)),
    Row("members:join-resend", business, method="post", expect=everybody(302)),
    Row("members:claim", business, expect=everybody()),
    Row("members:claim", business, method="post", expect=everybody(422) | {"member": 200}),
    Row("members:claim-card", business, method="post", expect=members(422)),
]
