"""Incidents: what needs a person, one line for each cause and site.

In: the open cases of ``reconciliation``, and when there is maintenance. Out: incidents, which
people acknowledge, assign, put off and close, and which close by themselves when their cause is
gone; and notices of them, by e-mail and to other programs, by rule.
"""
