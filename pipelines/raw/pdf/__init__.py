"""PDF pages → RawTables: triage, rules → cells, characters → cell texts, tables stitched over pages.

Does not know what a project is; does not read pictures.
"""
