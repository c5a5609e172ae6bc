"""What every view is given: the backend, the engine thread, the state, all in one context."""
