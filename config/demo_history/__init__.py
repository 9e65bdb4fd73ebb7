"""A year in the life of two demo shops, made through the product's own domain functions and a fixed seed."""
