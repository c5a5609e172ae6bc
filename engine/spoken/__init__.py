"""How is it said? What is written in figures, signs and abbreviations, in words."""
