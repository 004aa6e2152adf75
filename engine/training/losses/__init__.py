"""Losses that several systems share, each a function of tensors with its paper and equation: adversarial, perceptual, variation."""
