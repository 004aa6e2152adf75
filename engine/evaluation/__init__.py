"""The measuring ground: sets of photographs, holes, fillers and scores, and a report of who did how well."""
