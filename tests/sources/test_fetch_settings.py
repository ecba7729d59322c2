"""What an operator may set about fetching, and what a person sees of a failed fetch."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from pipelines.settings import Fetching, SettingError, Settings
from tests.sources.site import Site, catalogue, status


def test_the_environment_sets_how_pages_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "JIXIAO_OFFLINE": "1",
        "JIXIAO_CONTACT": "mailto:data@example.org",
        "JIXIAO_ALLOW_PRIVATE_HOSTS": "intranet.example, 10.0.0.8",
        "JIXIAO_HOST_INTERVAL": "0.5",
        "JIXIAO_FETCH_SECONDS": "900",
    }.items():
        monkeypatch.setenv(name, value)
    assert Settings.from_environment().fetching == Fetching(
        is_on=False,
        contact="mailto:data@example.org",
        allow_private_hosts=("intranet.example", "10.0.0.8"),
        host_interval=0.5,
        load_seconds=900,
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("JIXIAO_OFFLINE", "yes"),
        ("JIXIAO_CONTACT", "me\r\nX-Header: 1"),
        ("JIXIAO_CONTACT", "a (b)"),
        ("JIXIAO_HOST_INTERVAL", "-1"),
        ("JIXIAO_FETCH_SECONDS", "nan"),
    ],
)
def test_a_setting_that_cannot_be_used_names_itself(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingError, match=name):
        Settings.from_environment()


def test_empty_variables_are_no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OFFLINE", "CONTACT", "ALLOW_PRIVATE_HOSTS", "HOST_INTERVAL", "FETCH_SECONDS"):
        monkeypatch.setenv(f"JIXIAO_{name}", "")
    assert Settings.from_environment().fetching == Fetching()


def test_a_failed_fetch_is_one_line_once_and_stays_in_the_status(settings: Settings, site: Site) -> None:
    catalogue(settings, f"{site.root}/list.html")
    site.pages["/list.html"] = status(403)
    root = str(settings.data_root)

    def jixiao(*arguments: str, hosts: str = "127.0.0.1") -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "JIXIAO_HOST_INTERVAL": "0", "JIXIAO_ALLOW_PRIVATE_HOSTS": hosts}
        command = [sys.executable, "-m", "pipelines.commands.main", *arguments, "--data-root", root]
        return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)

    offline = jixiao("load", "--offline")
    assert (offline.returncode, site.requests) == (0, [])
    first = jixiao("load")
    assert first.returncode == 1 and first.stderr.count("jixiao: ") == 1 and "http_403" in first.stderr
    assert jixiao("load").returncode == 0
    assert "not fetched, http_403, 2 times since" in " ".join(jixiao("status").stdout.split())
    refused = jixiao("load", hosts="")
    assert refused.returncode == 1 and "127.0.0.1 is 127.0.0.1, which is not a public address" in " ".join(
        refused.stderr.split()
    )
    (kept,) = json.loads(jixiao("status", "--json").stdout)["fetch_failures"]
    assert (kept["code"], kept["publisher"], kept["times"]) == ("robots_unreachable", "某局", 1)
