"""How fast Regulars is, told as ratios to the same work done bare on the same machine: docs/benchmarks.md."""
