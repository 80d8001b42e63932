"""Change announcements: after a commit, coalesced, to whoever watches.

In: topics from services. Out: one small message per organisation and beat on the channel
layer, and nudges to gateways. A nudge may be lost; the rows are the truth.
"""
