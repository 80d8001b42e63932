"""Every business fact as a row: what happened, to what, when, and who made it happen.

In: the services that make something so, in their own transaction. Out: what the audit log and a
station's activity show, and a reader that walks all facts from a position of its own. It calls
nobody, and no face writes here.
"""
