"""What is seen: the only place with widgets, and with x and y."""
