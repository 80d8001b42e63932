"""What an invitation says as an e-mail. Pure."""

SUBJECT = "Your invitation to the control room of {organisation}"
TEXT = """{made_by} invites you to the control room of {organisation}, as {role}.

Choose your name and password here, until {until:%d %B %Y %H:%M} UTC:

{link}

The link works once. If you do not expect it, there is nothing to do.
"""
