"""Chat templates: strangers' programs, which reach nothing but text and keep their bounds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from jinja2.sandbox import ImmutableSandboxedEnvironment

from engine.errors import UserError
from engine.text import chat_template, render_template
from engine.text.chat_template import ChatTemplate

SAID = [{"role": "user", "content": "hi"}]


def rendered(template: str) -> str:
    """As the process renders it."""
    order = {"template": template, "messages": SAID, "names": {"eos_token": "<e>"}, "most": 1000}
    return render_template._rendered(ImmutableSandboxedEnvironment, order)


def test_a_chat_and_its_tokens() -> None:
    template = "{% for m in messages %}[{{ m.role }}] {{ m.content }}{{ eos_token }}{% endfor %}"
    assert rendered(template) == "[user] hi<e>"
    assert rendered("{% if add_generation_prompt %}x{% endif %}") == "x"


@pytest.mark.parametrize(
    "template",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ ''.__class__.__base__.__subclasses__() }}",
        "{{ raise_exception.__globals__.x }}",
        "{{ lipsum.__globals__['os'].getcwd() }}",
        "{% set _ = messages.append(1) %}",
        "{{ range(10 ** 9) }}",
        "{% include '/etc/hostname' %}",
        "{{ '{0.__class__}'.format(1).x.y }}",
        "{{ raise_exception('no') }}",
        "{% if %}",
        "{{ x.y.z }}",
        "{{ 1 / 0 }}",
        "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}",
        "{% for i in range(2000) %}x{% endfor %}",  # more than it may
    ],
)
def test_a_template_reaches_nothing_but_text(template: str) -> None:
    with pytest.raises(Exception, match=r"."):
        rendered(template)


def test_a_template_runs_no_code(tmp_path: Path) -> None:
    made = tmp_path / "made"
    for name in (
        "cycler.__init__",
        "lipsum",
        "raise_exception",
        "self._TemplateReference__context",
    ):
        with pytest.raises(Exception, match=r"."):
            rendered(f"{{{{ {name}.__globals__.os.mkdir({str(made)!r}) }}}}")
    assert not made.exists()


@pytest.fixture
def template() -> Iterator[Callable[[str], ChatTemplate]]:
    made = []

    def make(source: str) -> ChatTemplate:
        made.append(ChatTemplate(source))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.mark.slow
def test_a_process_renders_one_chat_after_another(
    template: Callable[[str], ChatTemplate],
) -> None:
    one = template("{{ messages[0].content }}{{ raise_exception('no') if messages[1] }}")
    assert [one.render(SAID, {}), one.render(SAID, {})] == ["hi", "hi"]
    process = one._process
    with pytest.raises(UserError, match=r"template is broken \(no\): write with --no-chat"):
        one.render([*SAID, *SAID], {})
    assert one.render(SAID, {}) == "hi"
    assert one._process is process


@pytest.mark.slow
@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("{{ 'a' * 10**9 * 5 }}", r"takes more than 512 MB|is broken"),
        ("{{ 'a'.ljust(7 * 10**8) }}", r"takes more than 512 MB|makes more than|is broken"),
        ("{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}", "2 sec"),
    ],
)
def test_what_has_no_bounds_is_ended(
    source: str,
    why: str,
    template: Callable[[str], ChatTemplate],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(chat_template, "SECONDS", 2.0)
    one = template(source)
    with pytest.raises(UserError, match=why):
        one.render(SAID, {})
    one._source = "{{ messages[0].content }}"
    assert one.render(SAID, {}) == "hi"  # in a process of its own
