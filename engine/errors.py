"""The one error that is for the user. Standard library only, so that a bare Python can raise it."""


class UserError(Exception):
    """Something the user can mend. The message is one sentence that says what to do.

    Front ends show the message as it is, without a traceback; the command line exits with 2.
    """
