"""The Models view: what is here, what can be fetched."""
