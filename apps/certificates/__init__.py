"""Certificates: whom we trust, what we issued to stations and what is installed in them.

In: requests to sign, questions of validity, reports of installed certificates. Out: chains for
stations, verdicts, and commands that carry both. It keeps no private key but its authority's.
"""
