"""Three hundred chargers with the habits of twenty makers, and faults of every kind.

Each simulated charger lives by its true clock and meter, so that it knows what each of its
sessions truly was. ``make fleet`` plays it on servers of its own, compares that with what the
database holds when the dust has settled, and prints a table by maker.
"""
