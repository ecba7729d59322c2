"""jixiao: published budget performance targets, from the printed document to a star schema in DuckDB.

One folder per stage, in the order in which the data moves: ``sources`` → ``raw`` → ``layouts`` → ``parsed`` → ``gates``
→ ``warehouse`` → ``published``; ``commands`` is what people type. The modules beside this one only wire stages
together. Does not read, parse or write anything by itself.
"""
