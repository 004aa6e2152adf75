"""The photograph on the screen: its tiles, what is drawn over it, and what the pointer does there."""
