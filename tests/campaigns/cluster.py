"""A PostgreSQL server of our own, to be stopped without mercy: the machine's own server is left alone."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

PLACES = "/usr/lib/postgresql"
USER = "postgres"


class Cluster:
    """A server in a folder, listening on a free port of this machine, with every durability setting as it ships."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self.folder, self.programs = folder, programs
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]

    @property
    def server(self) -> str:
        """The address, as --database takes it."""
        return f"postgres://{USER}@127.0.0.1:{self.port}/"

    def create(self) -> None:
        """Make the server's files; small ones, so that a small disk can hold them."""
        options = [f"--username={USER}", "--auth=trust", "--wal-segsize=1", "--no-instructions", "--locale=C.UTF-8"]
        self._run("initdb", f"--pgdata={self.folder}", *options)
        lines = [
            f"port = {self.port}", "listen_addresses = '127.0.0.1'", f"unix_socket_directories = '{self.folder}'",
            "max_wal_size = '64MB'", "min_wal_size = '16MB'", "shared_buffers = '32MB'",
        ]  # fmt: skip
        with (self.folder / "postgresql.auto.conf").open("a") as file:
            file.write("\n".join(lines) + "\n")

    def start(self) -> None:
        """Start it and wait until it takes connections, after whatever recovery it needs."""
        log = self.folder / "server.log"
        self._run("pg_ctl", "start", "--wait", f"--pgdata={self.folder}", f"--log={log}", "--timeout=60")

    def stop(self) -> None:
        """Stop it at once, as a power cut does: no checkpoint, no goodbye."""
        self._run("pg_ctl", "stop", "--mode=immediate", "--wait", f"--pgdata={self.folder}")

    def runs(self) -> bool:
        """Whether the server's first process is there."""
        return self._ask("pg_ctl", "status", f"--pgdata={self.folder}").returncode == 0

    def _run(self, program: str, *words: str) -> None:
        done = self._ask(program, *words)
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stdout}{done.stderr}")

    def _ask(self, program: str, *words: str) -> subprocess.CompletedProcess[str]:
        command = [str(self.programs / program), *words]
        if os.getuid() == 0:
            # PostgreSQL refuses to run as root.
            command = ["runuser", "-u", USER, "--", *command]
        # Files, not pipes: the server inherits them and would keep a pipe open for ever.
        with (self.folder.parent / "said").open("w+") as said:
            done = subprocess.run(command, cwd="/", stdin=subprocess.DEVNULL, stdout=said, stderr=said, text=True)
            said.seek(0)
            return subprocess.CompletedProcess(command, done.returncode, said.read(), "")


def find_programs() -> Path | None:
    """Return the folder of the newest PostgreSQL server programs of this machine, if there are any."""
    beside = shutil.which("initdb")
    found = [Path(beside).parent] if beside else sorted(Path(PLACES).glob("*/bin"))
    return next((folder for folder in reversed(found) if (folder / "initdb").exists()), None)


@contextmanager
def cluster(*, inside: Path | None = None) -> Iterator[Cluster]:
    """Yield a running server of our own; it and its files are gone at the end."""
    programs = find_programs()
    if programs is None:
        raise SystemExit("PostgreSQL's server programs are missing (Debian: apt install postgresql).")
    with TemporaryDirectory(prefix="regulars-cluster-", dir=inside) as name:
        home = Path(name)
        home.chmod(0o755)
        folder = home / "data"
        folder.mkdir(mode=0o700)
        if os.getuid() == 0:
            shutil.chown(folder, USER, USER)
        own = Cluster(folder, programs)
        own.create()
        own.start()
        try:
            yield own
        finally:
            if own.runs():
                own.stop()
