"""FoxESS A: tries 1.6 first, then 2.0.1, whose limits it holds against the schema of 1.6.

Started within minutes of a stop it opens a session, gives no power and goes offline.
"""

from apps.protocol.vendors.manner import Manner
from apps.protocol.vendors.profile import Profile

PROFILE = Profile(name="foxess", vendor=r"fox ?ess.*", manner=Manner(restart_gap_s=180))
