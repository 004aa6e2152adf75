"""The texture memory of T-MAD: canvases of known patches, and a picture synthesised from them, for whoever asks."""
