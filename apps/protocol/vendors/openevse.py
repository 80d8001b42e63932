"""OpenEVSE: its updater knows no TLS, so it fetches firmware by plain HTTP only."""

from apps.protocol.vendors.manner import Manner
from apps.protocol.vendors.profile import Profile

PROFILE = Profile(name="openevse", vendor=r"openevse.*", manner=Manner(file_schemes=("http://",)))
