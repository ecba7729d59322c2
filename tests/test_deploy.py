"""What `deploy/` hands to a machine: command lines that jixiao accepts, variables that are settings, units that systemd accepts."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import typer
import yaml

from pipelines.commands.main import app
from tests.conftest import REPOSITORY

DEPLOY = REPOSITORY / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
INSTALLED = "/opt/jixiao/.venv/bin/jixiao"


def command_lines() -> Iterator[tuple[str, list[str]]]:
    """Every command of the units, the compose file and the image, with the file that states it."""
    for unit in UNITS:
        for line in re.findall(r"^ExecStart=(.+)$", unit.read_text(encoding="utf-8"), re.M):
            yield unit.name, shlex.split(line)
    compose = yaml.safe_load((DEPLOY / "compose.yml").read_text(encoding="utf-8"))
    for name, service in compose["services"].items():
        yield f"compose.yml {name}", service["command"]
    (line,) = re.findall(r"^CMD (.+)$", (DEPLOY / "Dockerfile").read_text(encoding="utf-8"), re.M)
    yield "Dockerfile", json.loads(line)


@pytest.mark.parametrize(("place", "words"), [pytest.param(*one, id=one[0]) for one in command_lines()])
def test_every_command_is_one_that_jixiao_accepts(place: str, words: list[str]) -> None:
    program, name, *arguments = words
    assert program in ("jixiao", INSTALLED)
    commands = typer.main.get_command(app)
    assert isinstance(commands, click.Group)
    commands.commands[name].make_context(name, arguments)  # reads the arguments, raises on what it does not know


def test_every_variable_is_a_setting() -> None:
    text = (REPOSITORY / "pipelines" / "settings.py").read_text(encoding="utf-8")
    # Either in full or, as in its lists, by the part behind the prefix.
    settings = {name.removeprefix("JIXIAO_") for name in re.findall(r'"((?:JIXIAO_)?[A-Z][A-Z_]+)"', text)}
    for file in (
        DEPLOY / "jixiao.env",
        DEPLOY / "compose.yml",
        DEPLOY / "Dockerfile",
        REPOSITORY / "docs/operations.md",
    ):
        named = set(re.findall(r"JIXIAO_([A-Z_]+)", file.read_text(encoding="utf-8")))
        assert named and named <= settings, (file.name, named - settings)


def test_systemd_has_nothing_to_say_about_the_units(tmp_path: Path) -> None:
    """With a program that is there in the place of the installed one; everything else as it is handed out."""
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("needs systemd-analyze (Debian: systemd)")
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8").replace(INSTALLED, sys.executable)
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    paths = [str(tmp_path / unit.name) for unit in UNITS]
    run = subprocess.run([analyze, "verify", "--man=no", *paths], check=False, capture_output=True, text=True)
    ours = [line for line in run.stderr.splitlines() if "jixiao" in line]
    assert (run.returncode, ours) == (0, []), run.stderr
    for calendar in re.findall(r"^OnCalendar=(.+)$", (tmp_path / "jixiao-load.timer").read_text("utf-8"), re.M):
        subprocess.run([analyze, "calendar", calendar], check=True, stdout=subprocess.DEVNULL)


def test_the_image_takes_neither_data_nor_environments_of_its_maker() -> None:
    ignored = (REPOSITORY / ".dockerignore").read_text(encoding="utf-8").split()
    assert {".git", ".venv", "data"} <= set(ignored)
