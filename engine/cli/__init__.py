"""What can be typed: one file a command, its options and what it prints. Nothing here computes."""
