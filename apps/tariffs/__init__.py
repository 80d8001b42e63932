"""What charging costs: tariffs, their immutable versions, and the one price function.

In: tariffs from the faces. Out: the version that applies at a location and an instant, and
the price of a quantity under it.
"""
