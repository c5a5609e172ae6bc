"""Which settings suit this machine: by what was measured on it, else by what it has."""
