"""Target texts → typed measures, deadlines and grades: the value parser.

The way of a text: ``normalise`` → ``kinds`` → ``tokens`` → ``grammar`` (over ``items``) → ``measures`` → ``context``;
``known`` calls them in this order for every distinct text and keeps the readings, ``parse`` fetches them to rows and
``spans`` shows where each character went. Does not split packed cells and imports no Dagster.
"""

from pipelines.parsed.targets.known import KnownTexts
from pipelines.parsed.targets.parse import TARGET_SCHEMA, parse_targets
from pipelines.parsed.targets.spans import SPAN_SCHEMA, target_spans

__all__ = ["KnownTexts", "SPAN_SCHEMA", "TARGET_SCHEMA", "parse_targets", "target_spans"]
