"""Rules: each looks at a case and returns a finding with what it rests on, or None.

None is better than a wrong one: nothing is concluded from what is absent, nor from what is
disbelieved.
"""
