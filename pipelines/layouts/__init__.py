"""RawTable → project rows and indicator rows, by recognising the form.

Does not read what a number means.
"""
