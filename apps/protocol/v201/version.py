"""OCPP 2.0.1 as a whole: its codec, and what its stations can do."""

from apps.domain.vocabulary import Protocol
from apps.protocol.codec import Codec
from apps.protocol.traits import Traits, named, triggers
from apps.protocol.v201 import answers, inbound, outbound
from apps.protocol.v201.meanings import meaning

CODEC = Codec(
    protocol=Protocol.OCPP201,
    read=inbound.read,
    write=answers.write,
    encode=outbound.encode,
    outcome=outbound.outcome,
    split=outbound.split,
    meaning=meaning,
    traits=Traits(
        label="OCPP 2.0.1",
        commands=named(outbound.KINDS),
        triggers=triggers(Protocol.OCPP201, "TriggerMessage"),
        is_naming_sessions=True,
        shows_session_by_status=False,
        meters_ends=False,
        starts_with_card=False,
        means_its_plug_by_zero=False,
        is_replacing_profiles=False,
        reserves_by_type=True,
        has_evses=True,
        serves_while_pending=False,
    ),
)
