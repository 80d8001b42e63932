"""OCPP 2.0.1: its messages to events, answers and commands to its messages."""
