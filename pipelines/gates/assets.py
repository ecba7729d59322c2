"""The gates as blocking asset checks, one per suite: a failure stops every step behind it. Does no work of its own."""

from collections.abc import Iterator, Mapping

import dagster as dg

from pipelines.gates.gate import GateOutcome, GateRun, parsed_gate_database, run_gate
from pipelines.gates.suites import Suite, read_suites
from pipelines.partitions import WRITER, fiscal_years
from pipelines.run_lock import RunLock
from pipelines.settings import Settings


def gate_checks(stage: str, settings: Settings, asset_keys: Mapping[str, dg.AssetKey]) -> dg.AssetChecksDefinition:
    """The checks of a stage's gate. ``asset_keys`` maps a gated table to its asset; a suite without one is an error."""
    suites = read_suites(settings.expectations, stage)

    @dg.multi_asset_check(
        name=f"{stage}_gate",
        specs=[
            dg.AssetCheckSpec(
                name=f"gate_{suite.table}",
                asset=asset_keys[suite.table],
                blocking=True,
                description=f"{stage} 质量门：{len(suite.expectations)} 项 (suite expectations/{stage}/{suite.table}.yml)",
            )
            for suite in suites
        ],
        pool=WRITER,
    )
    def gate(
        context: dg.AssetCheckExecutionContext,
        settings: dg.ResourceParam[Settings],
        run_lock: dg.ResourceParam[RunLock],
    ) -> Iterator[dg.AssetCheckResult]:
        years = fiscal_years(context)
        database = parsed_gate_database(settings, years) if stage == "parsed" else settings.build_database
        outcomes = run_gate(settings, GateRun(stage, context.run.run_id, years), database)
        for suite in suites:
            yield _check_result(suite, [one for one in outcomes if one.suite == suite.name], asset_keys[suite.table])

    return gate


def _check_result(suite: Suite, outcomes: list[GateOutcome], asset_key: dg.AssetKey) -> dg.AssetCheckResult:
    """A suite without outcomes fails: a gate that did not answer must not pass."""
    failed = [outcome for outcome in outcomes if not outcome.success]
    stops = not outcomes or any(outcome.stops for outcome in failed)
    lines = [str(outcome) for outcome in failed] or ([] if outcomes else ["the gate gave no answer"])
    return dg.AssetCheckResult(
        passed=not failed and bool(outcomes),
        asset_key=asset_key,
        check_name=f"gate_{suite.table}",
        severity=dg.AssetCheckSeverity.ERROR if stops else dg.AssetCheckSeverity.WARN,
        description="；".join(lines)[:2000] or None,
        metadata={
            "expectations": len(outcomes),
            "failed": len(failed),
            "failing_rows": dg.MetadataValue.json([row for outcome in failed for row in outcome.examples[:5]]),
        },
    )
