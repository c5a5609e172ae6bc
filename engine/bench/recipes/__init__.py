"""The code of the two texts this program grew out of, run as they print it, in its own packages."""
