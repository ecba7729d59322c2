"""What somebody must hear of: a failed gate or run, a run that died, a source that has been silent for days, a missing document.

Belongs here: which events make a message, and that each is told once. Does not deliver, nor decide which documents are missing.
"""

from __future__ import annotations

import contextlib
import datetime
import json
from collections.abc import Sequence
from dataclasses import asdict

from pipelines.files import write_atomically
from pipelines.lock import Holder
from pipelines.notify import Message, host_name, messages, notify
from pipelines.settings import Settings
from pipelines.sources.expected import unseen_documents

_GATE = "质量门未通过"


def tell_load(settings: Settings, failures: Sequence[str], run_id: str | None) -> None:
    """One message for a load that failed, and one for every listing that has become stale."""
    if failures:
        notify(settings, _failure(settings, failures, run_id))
    tell_stale_sources(settings)


def _failure(settings: Settings, failures: Sequence[str], run_id: str | None) -> Message:
    is_gate = any(line.startswith(_GATE) for line in failures)
    head = "质量门未通过，未发布，读者仍见前一版本" if is_gate else "装载失败，已发布的版本保持不变"
    return Message(
        "gate_failed" if is_gate else "run_failed",
        f"【绩效数据】{head}：{failures[0][:500]}" + (f"（共 {len(failures)} 项）" if len(failures) > 1 else ""),
        {
            "run_id": run_id,
            "failures": list(failures)[:20],
            "data_root": str(settings.data_root),
            "host": host_name(),
        },
    )


def tell_crash(settings: Settings, crashed: Holder) -> None:
    """A run whose process is no more: found by whoever takes the lock next. Once: whoever told of it may have died before
    it could note that it had.
    """
    if any(
        message["kind"] == "run_crashed"
        and (message["fields"]["process"], message["fields"]["since"]) == (crashed.process, crashed.since)
        for message in messages(settings)
    ):
        return
    text = f"【绩效数据】上一次装载的进程中断（{crashed.since} UTC 开始），已发布的版本保持不变，本次装载接续"
    fields = {**vars(crashed), "data_root": str(settings.data_root), "host": host_name()}
    notify(settings, Message("run_crashed", text, fields))


def tell_stale_sources(settings: Settings) -> None:
    """Listings and documents that could not be fetched for ``stale_days``; each is told once until it answers again."""
    told_file = settings.landing / "told_stale.json"
    if not (settings.landing / "index.sqlite").exists():
        return
    from pipelines.sources.stage import open_index
    from pipelines.sources.web_index import WebIndex

    with open_index(settings) as index:
        failures = WebIndex(index).failures()
    limit = datetime.timedelta(days=settings.stale_days)
    stale = {
        failure.listing: failure
        for failure in reversed(failures)
        if datetime.datetime.fromisoformat(failure.last_at) - datetime.datetime.fromisoformat(failure.first_at) >= limit
    }
    told = set(json.loads(told_file.read_text(encoding="utf-8"))) if told_file.exists() else set()
    for listing in sorted(set(stale) - told):
        failure = stale[listing]
        text = f"【绩效数据】来源失联：{failure.publisher}，自 {failure.first_at[:10]} 起未能抓取 {failure.url}"
        notify(settings, Message("source_stale", text, {**vars(failure), "host": host_name()}))
    if told != set(stale):
        with contextlib.suppress(OSError):  # told again next time, which is better than a load that fails over it
            write_atomically(told_file, json.dumps(sorted(stale), ensure_ascii=False).encode())


def tell_missing_documents(settings: Settings, today: datetime.date | None = None) -> None:
    """One message that names every document newly missing today; each is told once until it is there.

    To be called when nothing failed and nothing waits to be loaded: a document that has just come in is not missing. Today's
    clock is right here and wrong for a finding: a message is no data, and a rebuild sends none.
    """
    told_file = settings.landing / "told_missing.json"
    told: dict[str, str] = json.loads(told_file.read_bytes()) if told_file.exists() else {}
    today = today or datetime.datetime.now(datetime.UTC).date()
    # As of the latest day that was told of, so that a clock that jumps back for a night makes nobody hear of all again.
    unseen = unseen_documents(settings, max([today, *map(datetime.date.fromisoformat, told.values())]))
    if unseen is None:
        return
    news = [one for one in unseen if one.due_on < today and one.name not in told]
    if news:
        more = f"（共 {len(news)} 件）" if len(news) > 1 else ""
        text = f"【绩效数据】应公布的文件至今未见：{news[0].evidence}{more}"
        fields: dict[str, object] = {"documents": [asdict(one) for one in news], "host": host_name()}
        notify(settings, Message("document_missing", text, fields))
    names = {one.name for one in unseen}
    now_told = {name: day for name, day in told.items() if name in names} | {one.name: str(today) for one in news}
    if now_told != told:
        with contextlib.suppress(OSError):  # told again next time, as above
            write_atomically(told_file, json.dumps(now_told, ensure_ascii=False).encode())
