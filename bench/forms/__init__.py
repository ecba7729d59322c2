"""Forms written for the layout tests: every family of the layouts survey, with what it truly says.

Belongs here: inventing content, laying it out as each family prints it, and writing the truth beside it.
Does not know how any reader works, and must not: it examines them.
"""
