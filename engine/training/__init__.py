"""The training ground: recipes, the loop that runs them, what is watched and kept of a run, and how its network leaves it."""
