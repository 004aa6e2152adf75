"""The engine: fills the masked part of a picture and shows why. Knows nothing of Qt."""
