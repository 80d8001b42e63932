"""OCPP 1.6 as a whole: its codec, and what its stations can do."""

from apps.domain.vocabulary import Protocol
from apps.protocol.codec import Codec
from apps.protocol.traits import Traits, named, triggers
from apps.protocol.v16 import answers, inbound, meaning, outbound

CODEC = Codec(
    protocol=Protocol.OCPP16,
    read=inbound.read,
    write=answers.write,
    encode=outbound.encode,
    outcome=outbound.outcome,
    split=outbound.split,
    meaning=meaning.meaning,
    traits=Traits(
        label="OCPP 1.6",
        commands=named(outbound.KINDS),
        triggers=triggers(Protocol.OCPP16, "TriggerMessage", "ExtendedTriggerMessage"),
        is_naming_sessions=False,
        shows_session_by_status=True,
        meters_ends=True,
        starts_with_card=True,
        means_its_plug_by_zero=True,
        is_replacing_profiles=True,
        reserves_by_type=False,
        has_evses=False,
        serves_while_pending=True,
    ),
)
