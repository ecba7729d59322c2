"""A table and its suite → pass or stop, with every failing row kept.

Does not change a row, or pass by default.
"""
