"""Bark text-to-speech: four stages, tokens in, tokens out, from any transformers checkpoint."""

from engine.system.threads import share_the_machine

share_the_machine()  # before anything here imports torch
