"""The window. It reaches no engine and no framework: what it asks, it asks its backend."""
