"""Back-up and restore as docs/operations.md has them: what cannot be made again, copied to a fresh data root."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from pipelines.commands.serve import arguments
from pipelines.settings import Settings
from tests.conftest import REPOSITORY
from tests.crash.test_kills import assert_whole, contents
from tests.test_load import jixiao

DEPLOY = REPOSITORY / "deploy"


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("cp") is None, reason="copies with cp -a")
def test_the_landing_archive_and_the_inbox_give_the_same_tables_on_another_machine(
    loaded: Settings, tmp_path: Path
) -> None:
    backup, other = tmp_path / "backup", Settings(tmp_path / "other")
    for folder in (backup, other.data_root):
        folder.mkdir()
    subprocess.run(["cp", "-a", str(loaded.landing), str(loaded.inbox), str(backup)], check=True)
    for index in (backup / "landing").glob("index.sqlite*"):
        index.unlink()
    subprocess.run(["cp", "-a", f"{backup}/.", str(other.data_root)], check=True)
    run = jixiao("load", "--offline", "--json", "--data-root", str(other.data_root))
    assert run.returncode == 0 and json.loads(run.stdout)["status"] == "published", run.stderr
    assert_whole(other.published)
    here, there = contents(loaded.published), contents(other.published)
    assert [table for table in here if here[table] != there.get(table)] == []


@pytest.mark.parametrize("part", ["all", "web"])
def test_what_listens_does_so_on_loopback_unless_told_otherwise(part: str) -> None:
    from typer.testing import CliRunner

    from pipelines.commands.main import app

    shown = CliRunner().invoke(app, ["serve", "--help"]).output
    assert "127.0.0.1" in shown
    given = arguments(3000, "127.0.0.1", part)
    assert given[given.index("--host") + 1] == "127.0.0.1"
    assert "--host" not in arguments(3000, "127.0.0.1", "daemon")


def test_units_and_compose_listen_on_loopback_and_run_commands_that_exist() -> None:
    from typer.main import get_command

    from pipelines.commands.main import app

    commands = get_command(app).commands  # type: ignore[attr-defined]
    units = sorted((DEPLOY / "systemd").glob("*.service"))
    assert len(units) == 3
    for unit in units:
        text = unit.read_text(encoding="utf-8")
        command = re.search(r"^ExecStart=\S+/jixiao (\w+)(.*)$", text, re.M)
        assert command and command[1] in commands, unit.name
        options = {name for one in commands[command[1]].params for name in one.opts}
        assert set(re.findall(r"--[a-z-]+", command[2])) <= options, unit.name
        assert "0.0.0.0" not in text and "User=jixiao" in text
    services = yaml.safe_load((DEPLOY / "compose.yml").read_text(encoding="utf-8"))["services"]
    assert services["web"]["ports"] == ["127.0.0.1:3000:3000"] and "ports" not in services["daemon"]
    for service in services.values():
        assert service["command"][0] == "jixiao" and service["command"][1] in commands
