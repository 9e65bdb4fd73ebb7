"""The back office over people and their consent; every look at them is noted."""

from members.admin import consent, people

__all__ = ["consent", "people"]
