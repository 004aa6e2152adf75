"""The report of an evaluation: one HTML file with its tables, plots and pictures, readable without scripts."""
