"""Parsed Parquet → DuckDB → dbt star.

Does not decide quality.
"""
