"""Puts the rooms together: the only one that knows them all.

`stores` opens the store and the objects, `carriers` makes transports of the settings, `house` wires
everything, `server` listens.
"""
