"""The demo installation: everything between `./regulars demo` and a shop that answers.

    python -m config.demo run [--port N] [--reset]
    python -m config.demo manage COMMAND ...

It lives in var/demo alone and reads no setting of its surroundings, so that it can never touch another installation.
"""

import argparse
import fcntl
import hashlib
import os
import secrets
import shutil
import signal
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

from config.env import clear
from config.permissions import keep_private
from config.processes import Children

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "var" / "demo"
LOGS = DATA.relative_to(ROOT)
HOST = "127.0.0.1"
GUNICORN = ("--workers=2", "--worker-class=gthread", "--threads=4", "--no-control-socket")
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main(words: list[str]) -> None:
    """Run the demo, or a management command on it."""
    if words[:1] == ["manage"]:
        surround(port=8000)
        from django.core.management import execute_from_command_line

        execute_from_command_line(["./regulars manage", *words[1:]])
        return
    parser = argparse.ArgumentParser(prog="./regulars demo", description="Starts a demo with a year of lively history.")
    parser.add_argument("run", choices=["run"], help=argparse.SUPPRESS)
    parser.add_argument("--port", type=port_number, default=8000, metavar="N", help="default: 8000")
    parser.add_argument("--reset", action="store_true", help="throw the demo's data away first")
    options = parser.parse_args(words)
    run(port=options.port, reset=options.reset)


def port_number(text: str) -> int:
    """Return a port from 1 to 65535; raise argparse's error with the reason otherwise."""
    if text.isascii() and text.isdigit() and 0 < int(text) < 65536:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no port: a number from 1 to 65535 is, such as 8000")


def run(*, port: int, reset: bool) -> None:
    """Prepare what is missing, serve until told to stop, and leave no process behind."""
    for number in SIGNALS:
        signal.signal(number, leave)
    refuse_busy(port)
    with only_one():
        if reset:
            shutil.rmtree(DATA, ignore_errors=True)
        surround(port=port)
        children = Children(DATA)
        try:
            prepare(children)
            serve(children, port)
        finally:
            for number in SIGNALS:
                signal.signal(number, signal.SIG_IGN)
            children.stop()


def leave(number: int, frame: object) -> None:
    """End the demo the usual way: the step at hand is left, what was started is stopped."""
    raise SystemExit(0 if number == signal.SIGINT else 128 + number)


def refuse_busy(port: int) -> None:
    """Exit with one sentence when the port cannot be had."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            sys.exit(f"Port {port} needs more rights than you have: choose one above 1023, as in --port 8000.")
        except OSError:
            sys.exit(f"Port {port} is busy: stop what runs there, or choose another, as in --port {port % 65535 + 1}.")


def only_one() -> IO[str]:
    """Return the held lock that keeps two demos from sharing one database; exit when another demo holds it."""
    DATA.parent.mkdir(parents=True, exist_ok=True)
    lock = (DATA.parent / "demo.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        sys.exit("This demo is running already: stop it first (Ctrl-C in its window).")
    return lock


def surround(*, port: int) -> None:
    """Set the environment of the demo, the only one that its settings see; what it writes is its user's alone."""
    keep_private()
    DATA.mkdir(parents=True, exist_ok=True)
    clear()
    os.environ.update(
        DJANGO_SETTINGS_MODULE="config.settings",
        REGULARS_MODE="demo",
        DATA_DIR=str(DATA),
        BASE_URL=f"http://localhost:{port}",
        SECRET_KEY=secret(),
    )


def secret() -> str:
    """Return the demo's own secret, made once."""
    file = DATA / "secret"
    with suppress(FileNotFoundError):
        if kept := file.read_text().strip():
            return kept
    fresh = secrets.token_urlsafe(50)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
        stream.write(fresh)
    return fresh


def prepare(children: Children) -> None:
    """Bring translations, database, files and history up to date; a step that was cut short is done again."""
    import django
    from django.core.management import call_command

    if not (DATA / "static.stamp").exists():
        print("Making the demo and a year of its history: this takes half a minute, once.", flush=True)
    stamp, state = DATA / "static.stamp", static_state()
    stale = not (stamp.exists() and stamp.read_text() == state)
    if stale:
        children.start("static", "django", "collectstatic", "--no-input", "--clear", "--verbosity=0")
    django.setup()
    call_command("compilemessages", verbosity=0)
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    call_command("seed_demo")
    if stale:
        if children.wait("static"):
            sys.exit(f"The static files could not be collected: the end of {LOGS}/static.log says why.")
        stamp.write_text(state)


def static_state() -> str:
    """Return a digest that changes with our static files and with the packages that bring some."""
    files = [ROOT / "requirements.txt", *sorted(file for file in (ROOT / "static").rglob("*") if file.is_file())]
    state = hashlib.sha256()
    for file in files:
        state.update(f"{file.relative_to(ROOT)} {hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return state.hexdigest()


def serve(children: Children, port: int) -> None:
    """Run server and worker until one of them ends or a signal comes."""
    from django.core.management import call_command

    children.start("server", "gunicorn", "config.wsgi", f"--bind={HOST}:{port}", *GUNICORN)
    children.start("worker", "django", "worker")
    if not children.answers(HOST, port):
        sys.exit(f"The {children.fallen() or 'server'} did not start: the end of its log in {LOGS}/ says why.")
    print(f"\nRegulars runs at http://localhost:{port}/ (logs: {LOGS}/*.log)\n")
    call_command("demo_accounts")
    print("\nCtrl-C stops it.", flush=True)
    while not (name := children.fallen()):
        time.sleep(0.3)
    sys.exit(f"The {name} has stopped by itself: the end of {LOGS}/{name}.log says why.")


if __name__ == "__main__":
    main(sys.argv[1:])
