"""Files that stations send to us: an upload is opened for one, and closed when it has come.

The upload is an HTTP address with a password of its own, which is no password of the station
(N01.FR.17–22). A transfer that broke off goes on where it stopped.
"""
