"""The proof campaigns: races, crashes, repeated requests and the restore drill, each a command under ./regulars.

Each builds an installation of its own, prints its seed, ends by itself and exits with 1 when something does not hold.
docs/campaigns.md says what each of them proves.
"""
