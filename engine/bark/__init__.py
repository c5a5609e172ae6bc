"""Bark text-to-speech: four stages, tokens in, tokens out, from any transformers checkpoint."""
