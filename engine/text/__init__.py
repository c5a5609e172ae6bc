"""Text generation with TensorFlow and XLA: compile once, then fast."""
