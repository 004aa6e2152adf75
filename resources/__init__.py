"""What the program ships beside its code: data, and the scripts that make it."""
