"""Reconciliation: what should be, held against what stations tell, and every difference a case.

In: the facts of ended sessions, and once a minute what is now true of sessions, connectors,
stations and messages. Out: cases with evidence, a proposal and a deadline; settled by the clock
where a rule is safe, by a person where not. Nothing is deleted, and nothing is decided twice.
"""
