"""Reviewed vocabularies of the field, as CSV files beside the small modules that load them.

Does not hold rules: a rule that needs a word list reads it from here.
"""
