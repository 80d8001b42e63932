"""What grows without end, and for how long it is kept.

One table says it for every model (``table.py``), one task reads it (``tasks.py``). Nothing
comes in; what goes out is rows that are past their time. It refuses to know what rows mean: the
table names the columns that age them and what is spared.
"""
