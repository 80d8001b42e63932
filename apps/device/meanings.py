"""What the best known settings mean, and what they may hold: our own words, in one place.

A key of OCPP 1.6 stands for itself, a variable of 2.0.1 follows its component and a dot. What a
station says of a variable counts before what is said here.
"""

from dataclasses import dataclass

_ON_OFF, _NUMBER, _LIST, _TEXT = "boolean", "integer", "MemberList", "string"


@dataclass(frozen=True, slots=True)
class Meaning:
    """``kind``: a data type of OCPP 2.0.1; the limits are what the standard says."""

    words: str
    kind: str = _TEXT
    unit: str = ""
    least: float | None = None
    most: float | None = None


def _seconds(words: str, least: float = 0, most: float | None = None) -> Meaning:
    return Meaning(words, _NUMBER, "s", least, most)


def _count(words: str, least: float = 0, most: float | None = None, unit: str = "") -> Meaning:
    return Meaning(words, _NUMBER, unit, least, most)


def _switch(words: str) -> Meaning:
    return Meaning(words, _ON_OFF)


def _measurands(words: str) -> Meaning:
    return Meaning(words, _LIST)


_HEARTBEAT = _seconds("How often it says that it is alive when it has nothing else to say.", 1)
_PING = _seconds("How often it checks that the connection still lives; 0 switches this off.")
_OFFLINE_START = _switch("May a card that it knows start a session while it cannot ask us?")
_PRE_START = _switch("Does it start at once for a card that it knows, and ask us afterwards?")
_REMOTE = _switch("Does it ask us again about the card of a session that we started?")
_UNPLUG_STOP = _switch("Does pulling the cable out of the car end the session?")
_UNPLUG_UNLOCK = _switch("Is its own end of the cable freed when the car's end is pulled out?")
_INVALID_STOP = _switch("Does it end a session whose card we refuse once it can ask us?")
_INVALID_ENERGY = _count("How much a car still gets after its card was refused.", unit="Wh")
_PLUG_PATIENCE = _seconds("How long a driver who was let in has for plugging in the car.")
_OFFLINE_UNKNOWN = _switch("May a card that nobody knows start a session while it is offline?")
_RESETS = _count("How many times it tries a restart that did not work.")
_TX_ATTEMPTS = _count("How many times it sends a session message that we could not take.")
_TX_PAUSE = _seconds("How long it waits before it sends such a message again.")
_SAMPLE_EVERY = _seconds(
    "How often it reads its meter during a session; bills and graphs are as fine as this."
)
_CLOCK_EVERY = _seconds("How often it reads its meter by the clock, session or none; 0 is never.")
_SAMPLED = _measurands("What it tells with each reading during a session.")
_CLOCKED = _measurands("What it tells with each reading by the clock.")
_STACK = _count("The highest rank that one of its charging profiles may have.")
_PERIODS = _count("How many steps a schedule of its charging profiles may have.")
_PROFILES = _count("How many charging profiles it can hold at once.")
_RATE = Meaning("Whether its limits are in ampere or in watt.", _LIST)
_LIST_LENGTH = _count("How many cards its local list can hold.")
_LIST_PORTION = _count("How many cards of a local list it takes in one message.")
_LIST_ON = _switch("Does it look cards up in its local list?")
_CACHE_ON = _switch("Does it remember which cards we let charge?")
_SECURITY = _count("How its connection is secured: 1 password, 2 TLS, 3 TLS and certificate.", 0, 3)
_OWN_CA = _switch("Does it check that a new root is signed by the one that it replaces?")
_OPERATOR = Meaning("The name of the operator, which stands in its certificate too.")
_CERTIFICATES = _count("How many root certificates it can hold.")
_CHAIN = _count("How long a certificate chain may be that it takes.", unit="B")

_KEYS_16 = {
    "AllowOfflineTxForUnknownId": _OFFLINE_UNKNOWN,
    "AuthorizationCacheEnabled": _CACHE_ON,
    "AuthorizationKey": Meaning("Its password. It can be written and never read."),
    "AuthorizeRemoteTxRequests": _REMOTE,
    "AdditionalRootCertificateCheck": _OWN_CA,
    "BlinkRepeat": _count("How many times its lights blink for a signal."),
    "CertificateSignedMaxChainSize": _CHAIN,
    "CertificateStoreMaxLength": _CERTIFICATES,
    "ChargeProfileMaxStackLevel": _STACK,
    "ChargingScheduleAllowedChargingRateUnit": _RATE,
    "ChargingScheduleMaxPeriods": _PERIODS,
    "ClockAlignedDataInterval": _CLOCK_EVERY,
    "ConnectionTimeOut": _PLUG_PATIENCE,
    "ConnectorPhaseRotation": Meaning("In which order the phases reach each connector."),
    "ConnectorSwitch3to1PhaseSupported": _switch("Can it go from three phases to one?"),
    "CpoName": _OPERATOR,
    "GetConfigurationMaxKeys": _count("How many keys it takes in one question."),
    "HeartbeatInterval": _HEARTBEAT,
    "LightIntensity": _count("How bright its lights are.", 0, 100, "%"),
    "LocalAuthListEnabled": _LIST_ON,
    "LocalAuthListMaxLength": _LIST_LENGTH,
    "LocalAuthorizeOffline": _OFFLINE_START,
    "LocalPreAuthorize": _PRE_START,
    "MaxChargingProfilesInstalled": _PROFILES,
    "MaxEnergyOnInvalidId": _INVALID_ENERGY,
    "MeterValueSampleInterval": _SAMPLE_EVERY,
    "MeterValuesAlignedData": _CLOCKED,
    "MeterValuesSampledData": _SAMPLED,
    "MinimumStatusDuration": _seconds("How long a state must last before it tells us of it."),
    "NumberOfConnectors": _count("How many connectors it has."),
    "ReserveConnectorZeroSupported": _switch("Can it be reserved without naming a connector?"),
    "ResetRetries": _RESETS,
    "SecurityProfile": _SECURITY,
    "SendLocalListMaxLength": _LIST_PORTION,
    "StopTransactionOnEVSideDisconnect": _UNPLUG_STOP,
    "StopTransactionOnInvalidId": _INVALID_STOP,
    "StopTxnAlignedData": _measurands("Readings by the clock that it tells when a session ends."),
    "StopTxnSampledData": _measurands("Readings that it tells when a session ends."),
    "SupportedFeatureProfiles": Meaning("Which parts of OCPP 1.6 it can do.", _LIST),
    "TransactionMessageAttempts": _TX_ATTEMPTS,
    "TransactionMessageRetryInterval": _TX_PAUSE,
    "UnlockConnectorOnEVSideDisconnect": _UNPLUG_UNLOCK,
    "WebSocketPingInterval": _PING,
}
_VARIABLES_201 = {
    "AlignedDataCtrlr.Interval": _CLOCK_EVERY,
    "AlignedDataCtrlr.Measurands": _CLOCKED,
    "AlignedDataCtrlr.SendDuringIdle": _switch("Are readings by the clock sent only when idle?"),
    "AlignedDataCtrlr.TxEndedInterval": _CLOCK_EVERY,
    "AuthCacheCtrlr.Enabled": _CACHE_ON,
    "AuthCtrlr.AuthorizeRemoteStart": _REMOTE,
    "AuthCtrlr.LocalAuthorizeOffline": _OFFLINE_START,
    "AuthCtrlr.LocalPreAuthorize": _PRE_START,
    "AuthCtrlr.MasterPassGroupId": Meaning("Cards of this group may stop any session."),
    "AuthCtrlr.OfflineTxForUnknownIdEnabled": _OFFLINE_UNKNOWN,
    "ChargingStation.AvailabilityState": Meaning("Whether the station can be used now."),
    "ClockCtrlr.DateTime": Meaning("What its clock shows."),
    "ClockCtrlr.TimeSource": Meaning("Where it takes the time from, the best source first."),
    "ClockCtrlr.TimeZone": Meaning("The time zone of what it shows to drivers."),
    "Connector.AvailabilityState": Meaning("Whether this connector can be used now."),
    "Connector.ConnectorType": Meaning("The kind of plug or socket."),
    "DeviceDataCtrlr.BytesPerMessage": _count("How long one such message may be.", unit="B"),
    "DeviceDataCtrlr.ItemsPerMessage": _count("How many entries one such message may have."),
    "EVSE.AvailabilityState": Meaning("Whether this EVSE can be used now."),
    "EVSE.Power": Meaning("How much power it can give.", "decimal", "W"),
    "EVSE.SupplyPhases": _count("How many phases it is fed with."),
    "LocalAuthListCtrlr.Enabled": _LIST_ON,
    "LocalAuthListCtrlr.Entries": _LIST_LENGTH,
    "LocalAuthListCtrlr.ItemsPerMessage": _LIST_PORTION,
    "MonitoringCtrlr.Enabled": _switch("Does it watch its variables and tell us of events?"),
    "OCPPCommCtrlr.ActiveNetworkProfile": _count("The slot of the network profile in use."),
    "OCPPCommCtrlr.FileTransferProtocols": Meaning("How it can fetch and send files.", _LIST),
    "OCPPCommCtrlr.HeartbeatInterval": _HEARTBEAT,
    "OCPPCommCtrlr.MessageAttemptInterval": _TX_PAUSE,
    "OCPPCommCtrlr.MessageAttempts": _TX_ATTEMPTS,
    "OCPPCommCtrlr.MessageTimeout": _seconds("How long it waits for an answer of ours.", 1),
    "OCPPCommCtrlr.NetworkConfigurationPriority": Meaning(
        "The slots of its network profiles, in the order in which it tries them."
    ),
    "OCPPCommCtrlr.NetworkProfileConnectionAttempts": _count(
        "How many times it tries one network profile before the next.", 1
    ),
    "OCPPCommCtrlr.OfflineThreshold": _seconds(
        "After how long without a connection it tells the state of every connector again."
    ),
    "OCPPCommCtrlr.ResetRetries": _RESETS,
    "OCPPCommCtrlr.UnlockOnEVSideDisconnect": _UNPLUG_UNLOCK,
    "OCPPCommCtrlr.WebSocketPingInterval": _PING,
    "SampledDataCtrlr.TxEndedInterval": _seconds(
        "How fine the readings are that it tells when a session ends; 0: first and last only."
    ),
    "SampledDataCtrlr.TxEndedMeasurands": _measurands("What it tells when a session ends."),
    "SampledDataCtrlr.TxStartedMeasurands": _measurands("What it tells when a session starts."),
    "SampledDataCtrlr.TxUpdatedInterval": _SAMPLE_EVERY,
    "SampledDataCtrlr.TxUpdatedMeasurands": _SAMPLED,
    "SecurityCtrlr.AdditionalRootCertificateCheck": _OWN_CA,
    "SecurityCtrlr.BasicAuthPassword": Meaning("Its password. It can be written and never read."),
    "SecurityCtrlr.CertificateEntries": _CERTIFICATES,
    "SecurityCtrlr.MaxCertificateChainSize": _CHAIN,
    "SecurityCtrlr.OrganizationName": _OPERATOR,
    "SecurityCtrlr.SecurityProfile": _SECURITY,
    "SmartChargingCtrlr.Entries": _PROFILES,
    "SmartChargingCtrlr.PeriodsPerSchedule": _PERIODS,
    "SmartChargingCtrlr.ProfileStackLevel": _STACK,
    "SmartChargingCtrlr.RateUnit": _RATE,
    "TxCtrlr.EVConnectionTimeOut": _PLUG_PATIENCE,
    "TxCtrlr.MaxEnergyOnInvalidId": _INVALID_ENERGY,
    "TxCtrlr.StopTxOnEVSideDisconnect": _UNPLUG_STOP,
    "TxCtrlr.StopTxOnInvalidId": _INVALID_STOP,
    "TxCtrlr.TxStartPoint": Meaning("What begins a session.", _LIST),
    "TxCtrlr.TxStopPoint": Meaning("What ends a session.", _LIST),
}
_BY_NAME = {name.casefold(): it for name, it in (_KEYS_16 | _VARIABLES_201).items()}


def meaning_of(component: str, variable: str) -> Meaning | None:
    """By the names as Variable keeps them: instances follow a slash and do not count."""
    names = (component.partition("/")[0], variable.partition("/")[0])
    return _BY_NAME.get(".".join(filter(None, names)).casefold())
