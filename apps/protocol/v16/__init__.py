"""OCPP 1.6J with the security extension: its messages to events, answers and commands to it."""

from apps.domain.vocabulary import Protocol
from apps.protocol.codec import Codec
from apps.protocol.v16 import answers, inbound, outbound

CODEC = Codec(
    protocol=Protocol.OCPP16,
    read=inbound.read,
    write=answers.write,
    encode=outbound.encode,
    outcome=outbound.outcome,
    split=outbound.split,
    knows=outbound.knows,
)
