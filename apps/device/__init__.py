"""What a station is made of and what it notices: reports, monitors, events, customer information.

In: parts of reports, answers to the commands of this block, events of stations. Out: reports put
together, the monitors that a station has, what it noticed, what it knew of a customer; and
commands held against what the station can take.
"""
