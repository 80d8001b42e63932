"""OCPP 2.0.1: its messages to events, answers and commands to its messages."""

from apps.domain.vocabulary import Protocol
from apps.protocol.codec import Codec
from apps.protocol.v201 import answers, inbound, outbound

CODEC = Codec(
    protocol=Protocol.OCPP201,
    read=inbound.read,
    write=answers.write,
    encode=outbound.encode,
    outcome=outbound.outcome,
    split=outbound.split,
    knows=outbound.knows,
)
