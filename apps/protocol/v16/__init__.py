"""OCPP 1.6J with the security extension: its messages to events, answers and commands to it."""
