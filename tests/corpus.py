"""Everything broken, odd or hostile that a station may send as a frame, in one place.

``FRAMES`` says for each the id of our answer, None where we pass it over in silence.
``KEPT`` is what of it, and of what other writers may have left, a journal row may hold.
"""

import json
from typing import Any

DEEP = "[" * 5_000 + "]" * 5_000
DEEP_OBJECT = '{"a":' * 5_000 + "1" + "}" * 5_000
_DIGITS = "9" * 4_000
_TOO_MANY_DIGITS = "9" * 5_000

FRAMES: list[tuple[str | bytes, str | None]] = [
    (b"", "-1"),
    (b"\xff\xfe\x00", "-1"),
    (b'[2,"m","Heartbeat",{"a":"\xc3\x28"}]', "m"),
    (b'[2,"m","Heartbeat",{}]\x00', "m"),
    ("\x00", "-1"),
    ("hello", "-1"),
    ("null", "-1"),
    ("true", "-1"),
    ("17", "-1"),
    ('"text"', "-1"),
    ("{}", "-1"),
    ("[]", "-1"),
    ("[[]]", None),
    ("[null]", None),
    ("[2.0]", None),
    ("[true]", None),
    ("[-2]", None),
    ("[2]", "-1"),
    ('[2,"m"]', "m"),
    ('[2,"m","Heartbeat"]', "m"),
    ('[2,"m","Heartbeat",{},1]', "m"),
    ('[2,"m","Heartbeat",{}', "m"),
    ('[2,"m","Heartbeat",{"a":', "m"),
    ('[2,"m","Heartbeat",{"a":NaN}]', "m"),
    ('[2,"m","Heartbeat",{"a":-Infinity}]', "m"),
    ('[2,"m","Heartbeat",{"a":1e999}]', "m"),
    ('[2,"m","Heartbeat",{"a":"\\ud800"}]', "m"),
    ('[2,"m","Heartbeat",{"\\udfff":1}]', "m"),
    ('[2,"m","Heartbeat",{"\\u0000":"\\u0000"}]', "m"),
    (f'[2,"m","Heartbeat",{{"a":{_DIGITS}}}]', "m"),
    (f'[2,"m","Heartbeat",{{"a":{_TOO_MANY_DIGITS}}}]', "m"),
    (f'[2,"m","Heartbeat",{{"a":{DEEP}}}]', "m"),
    (f'[2,"m","Heartbeat",{DEEP_OBJECT}]', "m"),
    (f'[2,"m","Heartbeat",{{"a":{"[" * 200 + "]" * 200}}}]', "m"),
    (DEEP, "-1"),
    (DEEP_OBJECT, "-1"),
    ('[2,"m","' + "A" * 5_000 + '",{}]', "m"),
    ('[2,"m",7,{}]', "m"),
    ('[2,"m",null,{}]', "m"),
    ('[2,"m","Heartbeat",[]]', "m"),
    ('[2,"m","Heartbeat","text"]', "m"),
    ('[2,7,"Heartbeat",{}]', "-1"),
    ('[2,null,"Heartbeat",{}]', "-1"),
    ('[2,{},"Heartbeat",{}]', "-1"),
    (f'[2,"{"i" * 37}","Heartbeat",{{}}]', "-1"),
    (f'[2,"{"i" * 37}","Heartbeat",{{', "-1"),
    ('[2,"","NoSuchThing",{}]', ""),
    ('[1,"m","Heartbeat",{}]', None),
    ('["2","m","Heartbeat",{}]', None),
    ('[99,"m","Heartbeat",{}]', None),
    ("[3]", None),
    ('[3,"m",{}]', None),
    ('[3,"m",[]]', None),
    ('[4,"m"]', None),
    ('[4,"m",null,null,null]', None),
    ('[4,"nobody-asked","GenericError","",{}]', None),
    ('[5,"m","a","b",{}]', None),
    ('[5,"m",{', None),
    ('[6,"m","a",{}]', None),
]

_LONE = "\ud800"
_ODD: list[Any] = [
    *(None, True, 7, 1.5, "text", [], {}, [[]], [{}], {"id": []}, {"id": {}}),
    {"name": []}, [None], ["x"], {"idToken": []}, {"status": {}},
]  # fmt: skip
_MEMBERS = (
    "chargingStation", "connectorStatus", "evse", "idToken", "idTag", "idTokenInfo", "status",
    "transactionInfo", "meterValue", "eventType", "timestamp", "offline", "getVariableData",
    "setVariableData", "key", "component", "variable", "currentTime", "vendorId",
)  # fmt: skip


def kept() -> list[str]:
    """Texts that a row of the journal may hold as its payload or its answer."""
    frames = [f if isinstance(f, str) else f.decode(errors="replace") for f, _ in FRAMES]
    storable = [frame.replace("\0", "\ufffd") for frame in frames]
    return [
        *storable,
        *(json.dumps(dict.fromkeys(_MEMBERS, odd)) for odd in _ODD),
        *(json.dumps({"transactionInfo": {"chargingState": odd}}) for odd in _ODD),
        *(json.dumps({"meterValue": [{"sampledValue": [odd]}]}) for odd in _ODD),
        json.dumps({"timestamp": "0001-01-01T00:00:00+00:00", "eventType": "Started"}),
        json.dumps({"timestamp": "9999-12-31T23:59:59-12:00", "eventType": "Ended"}),
        json.dumps({"idToken": {"idToken": "x" * 100_000}}),
        json.dumps([0] * 60_000),
        json.dumps("y" * 1_000_000),
        "z" * 1_000_000,
        _DIGITS,
        _TOO_MANY_DIGITS,
        "-" + _DIGITS,
        "1e400",
        "NaN",
        json.dumps(_LONE),
        "<script>alert(1)</script>",
    ]
