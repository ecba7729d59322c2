"""Lints the dbt project's SQL as dbt compiles it: `python -m tests.lint_sql`, part of `make lint`.

The templater compiles against a database, so a throwaway data root with empty parsed tables is made first. Does not
change any file.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from pipelines.settings import Settings
from pipelines.warehouse.database import build_database
from pipelines.warehouse.load import LoadRequest, load_parsed

PROJECT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Lint every model; 0 when there is nothing to say."""
    with tempfile.TemporaryDirectory(prefix="jixiao-lint-") as folder:
        settings = Settings(Path(folder))
        with build_database(settings.build_database) as connection:
            load_parsed(connection, settings.parsed, LoadRequest([], [2024], "lint", "lint"))
        # dbt reads these when sqlfluff starts it: nothing is written into the checkout.
        os.environ |= {
            "JIXIAO_BUILD_DATABASE": str(settings.build_database),
            "DBT_TARGET_PATH": str(settings.warehouse / "dbt"),
            "DBT_LOG_PATH": str(settings.warehouse / "dbt"),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        }
        os.chdir(PROJECT)
        from sqlfluff.cli.commands import lint  # imports dbt, so only behind the environment

        return int(lint.main(["dbt_project/models", "--disable-progress-bar"], standalone_mode=False) or 0)


if __name__ == "__main__":
    sys.exit(main())
