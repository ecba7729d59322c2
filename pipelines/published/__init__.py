"""The build file → an immutable version that readers see, atomically.

Does not change a value.
"""
