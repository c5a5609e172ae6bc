"""The Write view: texts that go on."""
