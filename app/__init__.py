"""The application: the window and all that is seen and asked for in it."""
