"""A station's own words for "no", in sentences."""

WHY = {
    "NotSupportedMessageFormat": "Its display cannot show messages written like this.",
    "NotSupportedPriority": "Its display knows no such priority.",
    "NotSupportedState": "Its display cannot tie messages to that state.",
    "UnknownTransaction": "The session that it was for does not run there.",
    "NoFirmware": "It has published no firmware with this checksum.",
    "DownloadOngoing": "It is still fetching that file; try again when it has it.",
    "UnknownVendorId": "The station knows nothing of this vendor.",
    "UnknownMessageId": "The station knows the vendor, but no such message.",
}


def explain(detail: str) -> str:
    """The sentence for ``detail``; as it is where it is none of those we know."""
    return WHY.get(detail, detail)
