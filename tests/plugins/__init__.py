"""What pytest is taught here: shared worlds, test databases, tiers, and what the summary says."""
