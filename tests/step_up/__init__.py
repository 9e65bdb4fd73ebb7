"""Fresh proofs before what would hurt most in the wrong hands."""
