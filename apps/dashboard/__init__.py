"""The face to people: the control room in the browser, live.

In: clicks. Out: pages and the same fragments again when something changed.
"""
