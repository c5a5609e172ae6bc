"""A conversation as a tree: what is changed or asked again grows a branch, and nothing is lost."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from engine.system.untrusted_json import fields_of

ROLES = ("user", "assistant")
MOST = 10_000  # messages of a conversation
_LONGEST = 5_000_000  # characters of all of them; a file has room for six times as many bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """id: of its own everywhere. parent: the id of the message that it answers, "" for a first
    one."""

    id: str
    parent: str
    role: str
    text: str


class Conversation:
    """All messages in the order in which they were made, and the one that the shown branch ends
    with. system: what the model is told to be. No Qt; one thread."""

    def __init__(self, name: str = "") -> None:
        """name: of its file; one that never was where none is given."""
        self.name = name or uuid.uuid4().hex
        self.system = ""
        self.leaf = ""
        self._messages: dict[str, Message] = {}

    @property
    def title(self) -> str:
        """Its first words; "" while there are none."""
        first = next(iter(self._messages.values()), None)
        return " ".join(first.text.split())[:60] if first is not None else ""

    @property
    def full(self) -> bool:
        """Whether it has room for a question and its answer no more."""
        length = sum(len(message.text) for message in self._messages.values())
        return len(self._messages) + 2 > MOST or length > _LONGEST

    def path(self, end: str | None = None) -> list[Message]:
        """The messages from the first one to `end`, by itself that of the shown branch."""
        found: list[Message] = []
        at = self.leaf if end is None else end
        while at in self._messages and len(found) <= len(self._messages):
            found.append(self._messages[at])
            at = found[-1].parent
        return found[::-1]

    def message(self, id: str) -> Message:
        """By its id."""
        return self._messages[id]

    def branches(self, id: str) -> list[str]:
        """The ids of all messages in a message's place, itself among them, the oldest first."""
        parent = self._messages[id].parent
        return [other.id for other in self._messages.values() if other.parent == parent]

    def history(self, id: str) -> tuple[tuple[str, str], ...]:
        """What was said before a message, as a TextRequest has it."""
        said = [(message.role, message.text) for message in self.path(self._messages[id].parent)]
        return ((("system", self.system),) if self.system.strip() else ()) + tuple(said)

    # ── what changes it ───────────────────────────────────────────────────────────────────────

    def say(self, role: str, text: str, parent: str | None = None) -> Message:
        """One more message, at the end of the shown branch or behind another one; the shown branch
        ends with it then."""
        parent = self.leaf if parent is None else parent
        message = Message(id=uuid.uuid4().hex, parent=parent, role=role, text=text)
        self._messages[message.id] = message
        self.leaf = message.id
        return message

    def edit(self, id: str, text: str) -> Message:
        """The same message with another text, as a branch of its own."""
        before = self._messages[id]
        return self.say(before.role, text, before.parent)

    def grow(self, id: str, text: str) -> None:
        """A message that is being written has become longer."""
        before = self._messages[id]
        self._messages[id] = Message(
            id=id, parent=before.parent, role=before.role, text=before.text + text
        )

    def drop(self, id: str) -> None:
        """A message that stayed empty goes; the shown branch ends before it."""
        message = self._messages.pop(id)
        if self.leaf == id:
            self.leaf = message.parent

    def show(self, id: str) -> None:
        """Show the branch that a message is in, to its newest end."""
        self.leaf = id
        while True:
            answers = [m.id for m in self._messages.values() if m.parent == self.leaf]
            if not answers:
                return
            self.leaf = answers[-1]

    def take_over(self, other: Conversation) -> None:
        """Have what another copy of this conversation has and this one has not."""
        self._messages = other._messages | self._messages

    # ── as plain values ───────────────────────────────────────────────────────────────────────

    def to_plain(self) -> dict[str, Any]:
        """For JSON. An answer of which nothing has come is none."""
        messages = [
            {"id": m.id, "parent": m.parent, "role": m.role, "text": m.text}
            for m in self._messages.values()
            if m.text
        ]
        leaf = next((m.id for m in self.path()[::-1] if m.text), "")
        return {"format": 1, "system": self.system, "leaf": leaf, "messages": messages}

    @classmethod
    def from_plain(cls, values: dict[str, Any], name: str) -> Conversation:
        """What `to_plain` made. Raises ValueError for what never was one."""
        found = cls(name)
        messages, system, leaf = (values.get(key) for key in ("messages", "system", "leaf"))
        if values.get("format") != 1 or not isinstance(messages, list) or len(messages) > MOST:
            raise ValueError("it is no conversation of this version")
        if not isinstance(system, str) or not isinstance(leaf, str):
            raise ValueError("it is no conversation")
        for each in messages:
            message = fields_of(Message, each)
            if message.role not in ROLES:
                raise ValueError(f"{message.role} is no role")
            if message.parent and message.parent not in found._messages:
                raise ValueError("a message answers one that is not there")
            found._messages[message.id] = message
        found.system, found.leaf = system, leaf if leaf in found._messages else ""
        return found
