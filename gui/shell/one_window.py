"""One window for each user: a second start brings the first one forward, with its files.

A socket of the user's own, named after the window's state, so that other homes are other windows.
One line of JSON goes over it, and "here" comes back.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QDeadlineTimer, QLockFile, QObject, Signal, Slot
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from engine import __version__
from engine.system.untrusted_json import parse_object

_ANSWERS = 5000  # milliseconds in which a window that is not just closing answers
_LOOK = 20  # milliseconds between two looks for it
_BEGINS = 10_000  # milliseconds that another start may take from its look to its socket
_MOST = 2**20  # bytes of a request
_YES = b"here\n"
_TOKENS = ("XDG_ACTIVATION_TOKEN", "DESKTOP_STARTUP_ID")  # the desktop's leave to come forward


class OneWindow(QObject):
    """The socket of the window that is open. GUI thread.

    asked(list[Path]): another start was ended in favour of this window; what it was to open.
    """

    asked = Signal(list)

    def __init__(self, state: Path, parent: QObject | None = None) -> None:
        """state: the file of the window's state."""
        super().__init__(parent)
        self._hangs = False  # a window is there and does not answer
        self._name = socket_name(state)
        self._server: QLocalServer | None = None

    def is_elsewhere(self, files: Sequence[Path]) -> bool:
        """Hand `files` (absolute) to the window that is open; whether there is one and it has them.
        If not, this becomes the one that is asked."""
        # Of two starts in one moment the second waits until the first can be asked.
        lock = QLockFile(f"{self._name}.lock") if Path(self._name).is_absolute() else None
        if lock is not None:
            lock.tryLock(_BEGINS)
        try:
            if self._hand_over(files):
                return True
            self._listen()
            return False
        finally:
            if lock is not None:
                lock.unlock()

    def problem(self) -> str:
        """Why this is a second window of this user; "" where it is the only one."""
        if not self._hangs:
            return ""
        return self.tr(
            "Another window of Bark Studio is open and does not answer. This is a second one."
        )

    def close(self) -> None:
        """Be asked no more."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def _hand_over(self, files: Sequence[Path]) -> bool:
        if not _is_ours(self._name):
            return False
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if not socket.waitForConnected(_ANSWERS):
            return False
        tokens = {name: os.environ[name] for name in _TOKENS if name in os.environ}
        request = {
            "files": [os.fsencode(path).hex() for path in files],  # any bytes are a name
            "version": __version__,
            "tokens": tokens,
        }
        socket.write(json.dumps(request).encode() + b"\n")
        socket.flush()
        end = QDeadlineTimer(_ANSWERS)
        while not socket.canReadLine():
            socket.waitForReadyRead(_LOOK)
            here = socket.state() == QLocalSocket.LocalSocketState.ConnectedState
            if not socket.canReadLine() and (not here or end.hasExpired()):
                self._hangs = here  # else it is closing
                return False
        return bytes(socket.readLine().data()) == _YES

    def _listen(self) -> None:
        if self._hangs:
            return  # it may wake up
        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        server.newConnection.connect(self._on_connection)
        if not server.listen(self._name):
            if not _is_ours(self._name):
                return
            QLocalServer.removeServer(self._name)  # of a program that was killed
            if not server.listen(self._name):
                return  # then a second start is a second window
        self._server = server

    @Slot()
    def _on_connection(self) -> None:
        if self._server is not None:
            socket = self._server.nextPendingConnection()
            socket.readyRead.connect(self._on_request)
            socket.disconnected.connect(socket.deleteLater)

    @Slot()
    def _on_request(self) -> None:
        socket = self.sender()
        assert isinstance(socket, QLocalSocket)
        if not socket.canReadLine():
            if socket.bytesAvailable() > _MOST:
                socket.abort()
            return
        try:
            request = parse_object(bytes(socket.readLine().data()))
            files = [Path(os.fsdecode(bytes.fromhex(name))) for name in request["files"]]
            tokens = {name: str(request["tokens"][name]) for name in request["tokens"]}
        except (ValueError, KeyError, TypeError, AttributeError):
            socket.abort()
            return
        for name in _TOKENS:
            if name in tokens:
                os.environ[name] = tokens[name]  # Qt takes it, and takes it away
        socket.write(_YES)
        socket.flush()
        socket.disconnectFromServer()
        self.asked.emit(files)


def socket_name(state: Path) -> str:
    """Of the socket of the windows with this state: a path, or on Windows a name of a pipe."""
    whose = hashlib.sha256(os.fsencode(state)).hexdigest()[:16]
    name = f"bark-studio-{whose}"
    if sys.platform == "win32":
        return name
    folder = os.environ.get("XDG_RUNTIME_DIR", "")
    if not Path(folder).is_absolute() or not os.access(folder, os.W_OK):
        folder = tempfile.gettempdir()
    return str(Path(folder, name))


def _is_ours(name: str) -> bool:
    """Whether nobody else has made this socket: in /tmp everybody may."""
    if sys.platform == "win32":
        return True
    try:
        return os.lstat(name).st_uid == os.getuid()
    except OSError:
        return True
