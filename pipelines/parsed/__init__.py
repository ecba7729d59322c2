"""Texts → typed columns (money, levels, target values), in Polars, once per distinct text.

Does not raise on odd text; it grades it.
"""
