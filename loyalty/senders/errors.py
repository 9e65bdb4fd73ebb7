"""What a channel may say to a message."""


class RecipientRefused(Exception):
    """This address is no good, now or later. It says nothing of the address, so that it may be logged."""
