"""The inbox and publishers' pages → landing (immutable bytes by SHA-256, sidecars, what is new, changed, unchanged or vanished).

Does not open a document.
"""
