"""The back office over the catalogue and what was taken from it."""

from rewards.admin import catalogue, redemptions

__all__ = ["catalogue", "redemptions"]
