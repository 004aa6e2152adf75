"""What the tools of the rail do to an array: brush, lasso, rectangle; nothing here knows of a window."""
