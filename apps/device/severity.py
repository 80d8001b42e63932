"""What the ten severities of a monitor mean, in words (0 is the gravest)."""

WORDS = (
    "Danger to people",
    "Hardware has failed",
    "The system has failed",
    "Critical: it needs somebody at once",
    "An error: it needs somebody soon",
    "An alert: it may become an error",
    "A warning: nothing is lost yet",
    "Unusual, but no error",
    "Ordinary information",
    "For developers",
)
GRAVE = 3


def words(severity: int) -> str:
    return WORDS[severity] if 0 <= severity < len(WORDS) else ""


def tone(severity: int) -> str:
    """The colour of a chip: the three gravest, then errors and warnings, then the rest."""
    if severity <= GRAVE:
        return "faulted"
    return "paused" if severity <= GRAVE * 2 else "plugged"
