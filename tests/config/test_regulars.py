"""The script ./regulars, in a folder of its own with a stand-in for the installer."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.laws.tree import ROOT

INSTALLER = """#!/bin/sh
echo "$@" >>calls
exit "$(cat outcome)"
"""
DEMO = "import sys; print('demo', *sys.argv[1:])"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("regulars", "requirements.txt", "requirements-dev.txt"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "demo.py").write_text(DEMO)
    (tmp_path / "outcome").write_text("0")
    (tmp_path / "calls").touch()
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "uv").write_text(INSTALLER)
    (programs / "uv").chmod(0o755)
    (programs / "python3").symlink_to(sys.executable)
    return tmp_path


@pytest.fixture
def bare(tmp_path: Path) -> str:
    """A PATH with what every system has, and no Python."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for tool in ("dirname", "cat", "cksum", "rm", "sh"):
        (tools / tool).symlink_to(str(shutil.which(tool)))
    return str(tools)


def run(
    project: Path, *words: str, path: str = "programs:/usr/bin:/bin", **surroundings: str
) -> subprocess.CompletedProcess[str]:
    surroundings |= {"PATH": path.replace("programs", str(project / "programs")), "HOME": str(project)}
    return subprocess.run(
        ["/bin/sh", "regulars", *words], cwd=project, env=surroundings, capture_output=True, text=True
    )


def installs(project: Path) -> list[str]:
    return [call.split()[-1] for call in (project / "calls").read_text().splitlines()]


def test_a_first_start_installs_and_later_ones_do_not(project: Path) -> None:
    assert run(project, "demo", "--port", "8123").stdout == "demo run --port 8123\n"
    assert run(project, "manage", "migrate").stdout == "demo manage migrate\n"
    assert installs(project) == ["requirements.txt"]
    assert "--require-hashes" in (project / "calls").read_text()


def test_changed_requirements_are_installed(project: Path) -> None:
    run(project, "demo")
    with (project / "requirements.txt").open("a") as file:
        file.write("# changed\n")
    run(project, "demo")
    assert installs(project) == ["requirements.txt", "requirements.txt"]


def test_an_interrupted_installation_is_made_anew(project: Path) -> None:
    (project / "outcome").write_text("1")
    first = run(project, "demo")
    assert first.returncode == 1
    assert "could not be installed" in first.stderr
    leftover = project / ".venv" / "half"
    leftover.touch()
    (project / "outcome").write_text("0")
    assert run(project, "demo").stdout == "demo run\n"
    assert not leftover.exists()


def test_the_tools_include_what_the_product_needs(project: Path) -> None:
    run(project, "setup")
    run(project, "demo")
    assert installs(project) == ["requirements-dev.txt"]


def test_a_developers_environment_stays_one(project: Path) -> None:
    run(project, "setup")
    with (project / "requirements.txt").open("a") as file:
        file.write("# changed\n")
    run(project, "demo")
    assert installs(project) == ["requirements-dev.txt", "requirements-dev.txt"]


def test_a_lost_interpreter_is_replaced(project: Path) -> None:
    run(project, "demo")
    python = project / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/nowhere/python")
    assert run(project, "demo").stdout == "demo run\n"


def test_without_python_and_uv_one_sentence_says_so(project: Path, bare: str) -> None:
    outcome = run(project, "demo", path=bare)
    assert outcome.returncode == 1
    assert outcome.stderr.splitlines()[1:] == [
        "Regulars needs Python 3.12 or newer, or uv, and found neither: install one of them and run this again."
    ]


def test_a_python_that_is_too_old_does_not_count_and_uv_brings_one(project: Path, bare: str) -> None:
    old = project / "programs" / "python3"
    old.unlink()
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    run(project, "demo", path=f"programs:{bare}")
    assert (project / "calls").read_text().splitlines()[0] == "venv --quiet --clear --python >=3.12 .venv"


def test_a_manage_command_goes_to_the_installation_of_the_environment(project: Path) -> None:
    (project / "manage.py").write_text("import sys; print('manage', *sys.argv[1:])")
    run(project, "demo")
    environment = {"PATH": f"{project / 'programs'}:/usr/bin:/bin", "SECRET_KEY": "s"}
    said = subprocess.run(
        ["./regulars", "manage", "check"], cwd=project, env=environment, capture_output=True, text=True
    )
    assert said.stdout == "manage check\n"


def test_an_unknown_command_is_refused(project: Path) -> None:
    outcome = run(project, "dance")
    assert outcome.returncode == 1
    assert outcome.stderr == "There is no command 'dance': ./regulars help lists them all.\n"
