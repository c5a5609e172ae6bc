"""The one error that is for the user, and why a system refuses. Standard library only, so that a
bare Python can raise it."""


class UserError(Exception):
    """Something the user can mend. The message is one sentence that says what to do.

    Front ends show the message as it is, without a traceback; the command line exits with 2.
    """


def reason_of(error: BaseException) -> str:
    """Why the system refused, in words that go on a sentence: "no space left on device"."""
    if isinstance(error, MemoryError):
        return "there is not enough memory"
    return (getattr(error, "strerror", None) or str(error) or "it gives no reason").lower()
