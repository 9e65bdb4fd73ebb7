"""Upgrades: a stored database of each release is brought to today's version, and everything in it must still hold.

docs/upgrades.md says how a release is stored and what is held fixed.
"""
