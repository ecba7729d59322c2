"""``jixiao``: the one command. Arguments, exit codes (0 done, 1 a gate or the data failed, 2 wrong usage), one line per error.

Belongs here: typer wiring only; each command's work is in its own module, imported when it is called, because a person
waits for the start. Does not hold rules about the data.
"""

from __future__ import annotations

import atexit
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="jixiao",
    help="绩效目标数据仓库：每晚装载、查询、追溯。 Budget performance targets: nightly load, status, lineage.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

DataRoot = Annotated[
    Path | None,
    typer.Option("--data-root", help="数据目录 (data root); default $JIXIAO_DATA, else ./data", metavar="FOLDER"),
]
Wait = Annotated[
    bool, typer.Option("--wait", help="若有装载正在进行则等待 (wait for a load that is running, instead of giving up)")
]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON (for machines)")]


@app.command()
def load(
    year: Annotated[
        list[int] | None,
        typer.Option("--year", help="只装载该年度，可重复 (this fiscal year only; repeatable)", metavar="Y"),
    ] = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="不访问网页，只读收件夹 (ask no page; the inbox only)")
    ] = False,
    wait: Wait = False,
    accept_drop: Annotated[
        bool, typer.Option("--accept-drop", help="行数骤降属实，仍发布 (publish although many rows are gone)")
    ] = False,
    data_root: DataRoot = None,
    as_json: AsJson = False,
) -> None:
    """每晚装载：收取、解析、质量门、构建、发布。 The nightly job: pull, parse, gate, build, gate, publish."""
    from pipelines.commands.load import load_command

    settings = _settings(data_root)
    if offline:
        settings = settings.offline()
    years = sorted(set(year or []))
    raise typer.Exit(load_command(settings, years, wait=wait, accepts_drop=accept_drop, as_json=as_json))


@app.command()
def backfill(
    first: Annotated[int, typer.Argument(help="起始年度 (first fiscal year)", metavar="FROM")],
    last: Annotated[int, typer.Argument(help="结束年度 (last fiscal year)", metavar="TO")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只列出会做什么 (only say what would be done)")] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="接着上次中断之处 (skip years that the last backfill finished)")
    ] = False,
    wait: Wait = False,
    data_root: DataRoot = None,
    as_json: AsJson = False,
) -> None:
    """回填往年：已存档与收件夹中的文件，逐年装载。 Past years, from what is landed and in the inbox."""
    from pipelines.commands.backfill import backfill_command

    settings = _settings(data_root)
    code = backfill_command(settings, first, last, is_dry=dry_run, resume=resume, wait=wait, as_machine=as_json)
    raise typer.Exit(code)


@app.command()
def status(data_root: DataRoot = None, as_json: AsJson = False) -> None:
    """当前发布的版本、年度与隔离的文件。 What is published, which years, what is quarantined."""
    from pipelines.commands.status import status_command

    raise typer.Exit(status_command(_settings(data_root), as_json=as_json))


@app.command()
def explain(
    subject: Annotated[
        str,
        typer.Argument(
            help="项目[/指标序号[/cycle|annual]]，或一段指标值文字 (a fact, or a text)", metavar="FACT|TEXT"
        ),
    ],
    indicator: Annotated[
        str | None, typer.Option("--indicator", help="指标名称，仅用于文字 (indicator name, for a text)")
    ] = None,
    fiscal_year: Annotated[int | None, typer.Option("--fiscal-year", help="年度 (fiscal year)", metavar="Y")] = None,
    data_root: DataRoot = None,
    as_json: AsJson = False,
) -> None:
    """一个数字从哪里来、怎样读出。 Where a number came from and how it was read."""
    from pipelines.commands.explain import ExplainRequest, explain_command

    request = ExplainRequest(subject, indicator, fiscal_year)
    raise typer.Exit(explain_command(_settings(data_root), request, as_json=as_json))


@app.command()
def read(
    file: Annotated[Path, typer.Argument(help="文件 (one document)", metavar="FILE")],
    as_table: Annotated[bool, typer.Option("--table", help="以表格显示 (as grids for eyes)")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON (default)")] = False,
    accept_low_confidence: Annotated[
        bool, typer.Option("--accept-low-confidence", help="也读无框线的表格 (guess cells of tables without rules)")
    ] = False,
    fiscal_year: Annotated[int | None, typer.Option("--fiscal-year", help="年度 (fiscal year)", metavar="Y")] = None,
) -> None:
    """读出一份文件的表格、项目与指标，不装载。 One document's tables, projects and indicators, without loading."""
    if as_table and as_json:
        raise typer.BadParameter("choose --table or --json")
    from pipelines.commands.read import ReadRequest, read_file

    raise typer.Exit(read_file(ReadRequest(file, as_table, accept_low_confidence, fiscal_year)))


@app.command()
def parse(
    source: Annotated[str | None, typer.Argument(help="文件；- 为标准输入 (file, or - for standard input)")] = None,
    fiscal_year: Annotated[int | None, typer.Option("--fiscal-year", help="年度 (fiscal year)", metavar="Y")] = None,
) -> None:
    """解析指标值文字，每行输出一个 JSON 对象。 The value parser alone: target texts in, one JSON object a line out."""
    from pipelines.commands.parse import run_parse

    raise typer.Exit(run_parse(source, fiscal_year, sys.stdout))


@app.command()
def rollback(
    version: Annotated[str | None, typer.Argument(help="版本名；省略则退回前一版本 (default: the one before)")] = None,
    data_root: DataRoot = None,
    as_json: AsJson = False,
) -> None:
    """退回已发布的早先版本。 Switch readers back to an earlier version."""
    from pipelines.commands.rollback import rollback_command

    raise typer.Exit(rollback_command(_settings(data_root), version, as_json=as_json))


@app.command()
def diff(
    versions: Annotated[
        list[str] | None,
        typer.Argument(help="两个已发布的版本 (two published versions); default: the newest and the one before"),
    ] = None,
    data_root: DataRoot = None,
    as_json: AsJson = False,
) -> None:
    """最近一次发布改动了什么，或两个版本有何不同。 What the newest publication changed, or how two versions differ."""
    if versions and len(versions) != 2:
        raise typer.BadParameter("give two versions, OLD and NEW, or none")
    from pipelines.commands.diff import diff_command

    old, new = versions or (None, None)
    raise typer.Exit(diff_command(_settings(data_root), old, new, as_json=as_json))


@app.command()
def serve(
    port: Annotated[int, typer.Option(help="端口 (port)")] = 3000,
    host: Annotated[
        str, typer.Option(help="监听地址，默认仅本机 (address to listen on; loopback unless told otherwise)")
    ] = "127.0.0.1",
    part: Annotated[str, typer.Option(help="all、web 或 daemon (both, or one of them for a service manager)")] = "all",
    data_root: DataRoot = None,
) -> None:
    """打开 Dagster 网页：资产图、分区、质量门。 Dagster's web server and daemon, on loopback."""
    from pipelines.commands.serve import PARTS, serve_command

    if part not in PARTS:
        raise typer.BadParameter(f"--part is one of {', '.join(PARTS)}")
    raise typer.Exit(serve_command(_settings(data_root), port, host, part))


def _settings(data_root: Path | None):  # type: ignore[no-untyped-def]  # imported late: `--help` needs no settings
    from pipelines.settings import Settings

    return Settings.from_environment(data_root)


def main() -> None:
    """The console script."""
    code = _run(sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    if "dagster" in sys.modules:
        atexit._run_exitfuncs()  # what was registered is closed; tearing the modules down would take two seconds more
        os._exit(code)
    sys.exit(code)


def _run(arguments: list[str]) -> int:
    import click

    try:
        outcome = app(arguments, standalone_mode=False)
        return outcome if isinstance(outcome, int) else 0
    except click.UsageError as error:
        error.show()
        return 2
    except click.exceptions.Abort:
        return _fail("中断 (interrupted); nothing published was changed")
    except Exception as error:  # the last line of defence: a person gets a line, an engineer the log
        from pipelines.commands.failure import describe

        line, code = describe(error)
        return _fail(line, code)


def _fail(line: str, code: int = 1) -> int:
    print(f"jixiao: {line}", file=sys.stderr)
    return code


if __name__ == "__main__":
    main()
