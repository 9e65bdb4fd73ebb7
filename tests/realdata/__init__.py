"""Real sales through the product's own import, as an owner brings them in. docs/imports.md says how lines count."""
