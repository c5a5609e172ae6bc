"""What measurements say: runs, their results, what changed. Nothing here measures."""
