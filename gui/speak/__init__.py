"""The Speak view: a text, a voice, its takes."""
