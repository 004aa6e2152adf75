"""Scores: how near a fill comes to the photograph as it was. Each is defined, with its source, in docs/scores.md."""

from engine.evaluation.scores.judge import Judge
from engine.evaluation.scores.score import SCORES, Score
from engine.evaluation.scores.sets import set_scores

__all__ = ["SCORES", "Judge", "Score", "set_scores"]
