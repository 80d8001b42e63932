"""Display messages: what stations show to drivers, as far as we set it or they told us.

In: orders from the faces, answers and reports of stations, ends of sessions. Out: commands
with a number of ours, and what each station shows now, next and no more.
"""
