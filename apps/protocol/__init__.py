"""OCPP on the wire: frames, schemas, versions and makers, and nothing of the business.

Text comes in and canonical events go out (``frames.decode``, ``examination.examine``,
``Codec.read``); answers and commands come in and payloads go out (``Codec.write``,
``Codec.encode``). Pure: no Django, no clock, no socket. ``codec`` gives the functions of one
version, so that nobody above asks which version a station speaks.
"""

from apps.domain.vocabulary import Protocol
from apps.protocol.codec import Codec, MessageLimits, Outcome
from apps.protocol.traits import Traits
from apps.protocol.v16 import version as v16
from apps.protocol.v201 import version as v201

__all__ = ["Codec", "MessageLimits", "Outcome", "Traits", "codec", "traits_of"]

_CODECS = {Protocol.OCPP16: v16.CODEC, Protocol.OCPP201: v201.CODEC}


def codec(protocol: Protocol) -> Codec:
    return _CODECS[protocol]


def traits_of(protocol: str) -> Traits:
    """The facts of a version by its sub-protocol name; of the newest where none is known yet."""
    known = Protocol(protocol) if protocol else Protocol.OCPP201
    return _CODECS[known].traits
