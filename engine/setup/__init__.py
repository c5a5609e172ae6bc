"""How the program gets here, and what it lacks. Standard library only, on a bare Python."""
