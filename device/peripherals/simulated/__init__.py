"""Stand-ins that ship: each sits at the other end of a real pseudo-terminal, as its device would.

The drivers know nothing of them. Production refuses them.
"""
