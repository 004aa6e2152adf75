"""Pure operators: arrays in, arrays out. They know no method and no file."""
