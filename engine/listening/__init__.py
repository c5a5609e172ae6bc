"""What was really said? Recognisers, and what they heard against what was meant."""
