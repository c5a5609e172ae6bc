"""The engines of Bark Studio: speech (torch) and text (TensorFlow), without a window.

Nothing here imports Qt. Frameworks are imported inside the packages that need them, so that
`import engine.api` costs milliseconds.
"""

__version__ = "0.2.0"
