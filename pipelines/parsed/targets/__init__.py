"""Target texts → typed measures, deadlines and grades: the value parser.

The way of a text: ``normalise`` → ``kinds`` → ``tokens`` → ``grammar`` (over ``items``) → ``measures`` → ``context``;
``parse`` calls them in this order and ``spans`` shows where each character went. Works on Polars frames, each
distinct text once. Does not split packed cells and imports no Dagster.
"""

from pipelines.parsed.targets.known import KnownTexts
from pipelines.parsed.targets.parse import TARGET_SCHEMA, parse_targets
from pipelines.parsed.targets.spans import SPAN_SCHEMA, target_spans

__all__ = ["KnownTexts", "SPAN_SCHEMA", "TARGET_SCHEMA", "parse_targets", "target_spans"]
