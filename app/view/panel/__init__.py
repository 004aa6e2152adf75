"""The panel at the right: its pages, results and evidence, and the next step."""
