"""``jixiao diff``: what the newest publication changed, or in what two published versions differ.

Belongs here: choosing the files and showing the differences. Does not compare (``published/compare.py`` does).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console

from pipelines.commands.terminal import Column, console, make_table, print_json
from pipelines.published.manifest import read_manifest
from pipelines.published.switch import NoSuchVersion, current_version
from pipelines.settings import Settings

_KINDS = {"added": "新增", "changed": "改动", "removed": "删去", "vanished": "源消失", "returned": "源恢复"}
_FACTS = {
    "fct_project_budget": "预算",
    "fct_project_funding": "资金来源",
    "fct_indicator_target": "指标值",
    "fct_indicator_result": "自评结果",
    "fct_budget_execution": "预算执行",
    "fct_project_evaluation": "自评总分",
}
_MOST_ROWS = 200
_LONGEST = 60


def diff_command(settings: Settings, old: str | None, new: str | None, *, as_json: bool) -> int:
    """Without versions: document versions that the newest publication brought. With two: cells of the facts."""
    names = [version.version for version in read_manifest(settings.published).versions]
    if old is not None and new is not None:
        return _facts(_file(settings, old, names), _file(settings, new, names), (old, new), as_json=as_json)
    now = current_version(settings.published)
    if now is None:
        return _say_nothing("尚未发布 (nothing published yet)", as_json=as_json)
    older = names[names.index(now) + 1 :] if now in names else []
    return _documents(settings, older[0] if older else None, now, as_json=as_json)


def _file(settings: Settings, version: str, names: Sequence[str]) -> Path:
    path = settings.published / "versions" / f"{version}.duckdb"
    if not path.exists():
        raise NoSuchVersion(f"没有版本 {version} (no such version); kept: {'、'.join(names) or '无'}")
    return path


def _say_nothing(line: str, *, as_json: bool) -> int:
    print_json({"old": None, "new": None, "documents": [], "changes": []}) if as_json else console().print(line)
    return 0


def _documents(settings: Settings, old: str | None, new: str, *, as_json: bool) -> int:
    """Documents that are new or changed, and the cells that their new versions changed."""
    from pipelines.published.compare import document_changes, document_news

    before = None if old is None else _file(settings, old, [])
    after = _file(settings, new, [])
    news = document_news(before, after) if before else []
    changes = document_changes(before, after)
    if as_json:
        print_json({"old": old, "new": new, "documents": [asdict(one) for one in news], "changes": changes})
        return 0
    out = console()
    out.print(f"[bold]{old or '（首个版本 first publication）'} → {new}[/bold]", soft_wrap=True)
    if not news and not changes:
        out.print("没有文件变更 (no document changed)")
    if news:
        heads = [
            Column("变更"),
            Column("年度"),
            Column("文件"),
            Column("版本", True),
            Column("项目", True),
            Column("标题"),
        ]
        rows = [
            (_KINDS[one.kind], one.fiscal_year, one.document_id, one.version_no, one.project_count, one.title)
            for one in news
        ]
        out.print(make_table("文件 (documents)", heads, rows))
    if changes:
        heads = [Column(head) for head in ("文件", "版本", "项目", "指标", "内容", "变更", "原值", "新值")]
        _print_cells(out, heads, [_document_row(change) for change in changes])
    return 0


def _document_row(change: dict[str, Any]) -> tuple[object, ...]:
    number, name = change["indicator_no"], change["indicator_name"]
    return (
        f"{change['document_id']}",
        f"{change['from_version_no']}→{change['to_version_no']}",
        change["project_name"] or change["unit_name"] or "合计",
        "" if number is None else f"{number} {name}",
        change["field"],
        _KINDS[change["change_type"]],
        _short(change["old_value"]),
        _short(change["new_value"]),
    )


def _facts(old: Path, new: Path, names: tuple[str, str], *, as_json: bool) -> int:
    from pipelines.published.compare import fact_changes

    changes = fact_changes(old, new)
    if as_json:
        print_json({"old": names[0], "new": names[1], "changes": [asdict(change) for change in changes]})
        return 0
    out = console()
    out.print(f"[bold]{names[0]} → {names[1]}[/bold]", soft_wrap=True)
    if not changes:
        out.print("事实表相同 (facts are equal)")
        return 0
    heads = [Column(head) for head in ("表", "年度", "项目", "指标或来源", "内容", "变更", "原值", "新值")]
    rows = [
        (
            _FACTS[change.fact],
            change.fiscal_year,
            change.project_name,
            change.item,
            change.field,
            _KINDS[change.change_type],
            _short(change.old_value),
            _short(change.new_value),
        )
        for change in changes
    ]
    _print_cells(out, heads, rows)
    return 0


def _print_cells(out: Console, heads: Sequence[Column], rows: Sequence[tuple[object, ...]]) -> None:
    out.print(make_table("内容 (cells)", heads, rows[:_MOST_ROWS]))
    if len(rows) > _MOST_ROWS:
        out.print(f"另有 {len(rows) - _MOST_ROWS} 处变更未显示 (more changes; see --json)")


def _short(value: str | None) -> str:
    text = " ".join((value or "").split())
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
