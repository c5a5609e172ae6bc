"""Which models are there, from where, are they whole? Speech and text, here and on the Hub."""
