"""What is heard: the player and the waveform."""
