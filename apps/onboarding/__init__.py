"""How stations come into service: who is held, what is set up in them, and when they are accepted.

In: boots of stations, answers to the steps of a set-up, decisions of people. Out: what a boot is
answered, and the commands of the steps. It sends nothing itself.
"""
