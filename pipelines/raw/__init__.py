"""Landed bytes → RawTable (cells with spans, displayed text, positions, text before and after).

Does not know what a project or an indicator is.
"""
