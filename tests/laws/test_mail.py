"""Only the senders talk to a mail server or a gateway: a request answers without waiting for anybody else's machine."""

import ast

import pytest

from tests.laws.tree import APPS, files, name

SENDERS = ("loyalty/senders/mail.py", "loyalty/senders/sms.py")
NETWORK = ("smtplib", "http.client", "urllib.request", "requests", "httpx", "socket")
SENDS = ("send_mail", "send_mass_mail", "mail_admins", "mail_managers", "get_connection", "mailers", "email_user")
LOCAL = {
    "config/accounts.py": {"send_mail"},
    "config/demo.py": {"socket"},
    "config/processes.py": {"http.client"},
    "loyalty/presence.py": {"socket"},
}
"""The adapter's own send_mail, which writes to the outbox; the name of this machine; what starts and watches processes
of it, outside any request."""


def talks(source: str) -> set[str]:
    """Return the modules and names by which a source sends mail or opens a connection."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name in NETWORK}
        if isinstance(node, ast.ImportFrom):
            found |= {node.module or ""} & set(NETWORK)
            found |= {f"{node.module}.{alias.name}" for alias in node.names} & set(NETWORK)
            found |= {alias.name for alias in node.names} & set(SENDS)
        if isinstance(node, ast.Attribute) and node.attr in SENDS[:3]:
            found.add(node.attr)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "send":
            target = ast.unparse(node.func.value)
            found |= {f"{target}.send"} if "mail" in target.lower() else set()
    return found


def test_nothing_but_the_senders_opens_a_connection() -> None:
    found = {name(file): talks(file.read_text()) for file in files(".py", places=APPS) if name(file) not in SENDERS}
    assert {file: uses for file, uses in found.items() if uses} == LOCAL


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("import smtplib", "smtplib"),
        ("from urllib import request", "urllib.request"),
        ("from urllib.request import urlopen", "urllib.request"),
        ("from django.core.mail import send_mail", "send_mail"),
        ("from django.core.mail import mailers", "mailers"),
        ("mail.send_mail('a', 'b', None, [])", "send_mail"),
        ("EmailMessage('a').send()", "EmailMessage('a').send"),
    ],
)
def test_a_way_around_the_outbox_is_noticed(line: str, found: str) -> None:
    assert talks(line) == {found}


def test_the_senders_are_found() -> None:
    assert all(talks(file.read_text()) for file in files(".py", places=APPS) if name(file) == SENDERS[1])
