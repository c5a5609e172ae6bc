"""The window. Of the engine it knows api, job, settings, script and audio only."""
