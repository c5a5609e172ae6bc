"""Many machines: who speaks which row, and how the takes come home."""
