"""jixiao: published budget performance targets, from the printed document to a star schema in DuckDB.

One folder per stage, in the order in which the data moves: ``sources`` → ``raw`` → ``layouts`` → ``parsed`` → ``gates``
→ ``warehouse`` → ``published``; ``commands`` is what people type. The modules beside this one only wire stages
together. Does not read, parse or write anything by itself.
"""

import os

# Polars gives memory back half a second after its use; the next batch of a load takes as much, page by page, which costs a
# tenth of the parser's time. It keeps four pools of memory per processor, each with pages of its own that lie idle: one for
# two processors is enough, and takes a fifth less in all. Read when Polars is first imported; whoever has set it keeps what is set.
os.environ.setdefault(
    "_RJEM_MALLOC_CONF", f"dirty_decay_ms:10000,muzzy_decay_ms:-1,narenas:{max(1, (os.cpu_count() or 1) // 2)}"
)
# A load's tables are small: handing them to threads of its own costs Polars more than the threads gain
# (docs/decisions/0013-one-thread-of-polars.md). Whoever has set it keeps what is set here, too.
os.environ.setdefault("POLARS_MAX_THREADS", "1")
