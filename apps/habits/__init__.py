"""What stations of one make, model and firmware were seen to take, and to refuse.

In: answers to commands. Out: the ways in which commands leave, and what pages grey out. A habit
is learned within an organisation, and is forgotten by a person or with new firmware.
"""
