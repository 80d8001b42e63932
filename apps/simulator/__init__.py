"""Simulated charging stations: a client only.

In: a server's URL and the habits wanted of the stations. Out: OCPP 1.6J and 2.0.1
over real WebSockets, spoken through the `ocpp` package, so that the other end of
the wire is not this project's own code. Nothing here knows the server's inside.
"""
