"""What every view is given: the backend, the engine threads, the state, all in one context."""
