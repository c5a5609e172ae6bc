"""How a batch of files runs, how long it will take, and what came of it."""
