"""A mail server on this machine that takes mails and keeps them, or answers late, or refuses."""

import socketserver
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event

HOST = "127.0.0.1"


@dataclass
class Mailbox:
    """What a server has taken, and how it is told to answer: verb of SMTP, or "" for the greeting, to its line."""

    answers: Mapping[str, bytes] = field(default_factory=dict)
    greets_after: float = 0.0
    mails: list[bytes] = field(default_factory=list)
    callers: int = 0
    port: int = 0
    closing: Event = field(default_factory=Event)
    server: socketserver.ThreadingTCPServer | None = None

    def settings(self) -> dict[str, object]:
        """Return the MAILERS that send here."""
        backend = "django.core.mail.backends.smtp.EmailBackend"
        return {"default": {"BACKEND": backend, "OPTIONS": {"host": HOST, "port": self.port, "timeout": 10}}}

    def close(self) -> None:
        """Go down: whoever calls from now on is refused a connection."""
        self.closing.set()
        if self.server:
            self.server.shutdown()
            self.server.server_close()
            self.server = None


class _Call(socketserver.StreamRequestHandler):
    """One connection, as RFC 5321 has it, as far as a client that only sends needs it."""

    USUAL: Mapping[str, bytes] = {
        "": b"220 sink", "EHLO": b"250 sink", "HELO": b"250 sink", "MAIL": b"250 fine", "RCPT": b"250 fine",
        "DATA": b"354 go on", ".": b"250 taken", "QUIT": b"221 bye", "RSET": b"250 fine",
    }  # fmt: skip

    def handle(self) -> None:
        mailbox: Mailbox = self.server.mailbox  # type: ignore[attr-defined]
        mailbox.callers += 1
        # Ends at once when the server is told to close.
        mailbox.closing.wait(mailbox.greets_after)
        self._answer("")
        while (line := self.rfile.readline()) and (verb := line[:4].strip().decode().upper()):
            self._answer(verb)
            if verb == "DATA" and verb not in mailbox.answers:
                text = b"".join(iter(self.rfile.readline, b".\r\n"))
                if "." not in mailbox.answers:
                    mailbox.mails.append(text)
                self._answer(".")
            if verb == "QUIT":
                return

    def _answer(self, verb: str) -> None:
        mailbox: Mailbox = self.server.mailbox  # type: ignore[attr-defined]
        self.wfile.write(mailbox.answers.get(verb, self.USUAL.get(verb, b"500 what?")) + b"\r\n")


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is none of ours."""


@contextmanager
def mail_server(*, greets_after: float = 0.0, **answers: bytes) -> Iterator[Mailbox]:
    """Run a server on a free port; answers are given by verb (greeting, RCPT, DATA, end for the end of a mail)."""
    names = {"greeting": "", "end": "."}
    mailbox = Mailbox({names.get(verb, verb): line for verb, line in answers.items()}, greets_after)
    server = mailbox.server = _Server((HOST, 0), _Call)
    server.mailbox = mailbox  # type: ignore[attr-defined]
    mailbox.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield mailbox
    finally:
        mailbox.close()
