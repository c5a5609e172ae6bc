"""What a command ends with; a bug ends with a traceback and 1."""

from __future__ import annotations

OK, BUG, USER_ERROR, CUT, INTERRUPTED = 0, 1, 2, 3, 130

EXIT_CODES = """exit codes:
  0  done
  2  something to mend; the sentence on standard error says what
  3  say: the model did not end the sentence: the sound is written but probably cut;
     convert: some rows have no good take: they are listed, everything is written
  130  stopped by Ctrl-C; say writes nothing, convert keeps the takes that are finished
"""
