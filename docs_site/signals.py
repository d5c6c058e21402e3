"""The page of signals: signals.py with what stands below each."""

from __future__ import annotations

import inspect
import re

from django.dispatch import Signal

from docs_site.writing import code, codes, docstrings, line, prose, table
from nhost_auth import signals

INTRODUCTION = """# Signals

{about}

```python
from django.dispatch import receiver

from nhost_auth.signals import signed_up


@receiver(signed_up)
def welcome(account, method, **kwargs): ...
```

"""


def page() -> str:
    told = docstrings(inspect.getsource(signals))
    rows = [(code(name, anchor=name), codes(arguments(told[name])), line(told[name])) for name in names()]
    return INTRODUCTION.format(about=prose(signals.__doc__)) + table(("signal", "arguments", "when"), rows) + "\n"


def names() -> list[str]:
    return [name for name, member in vars(signals).items() if isinstance(member, Signal)]


def arguments(docstring: str) -> list[str]:
    told = re.search(r"Further arguments?:\s(.*)", docstring, re.DOTALL)
    return ["account", *re.findall(r"`(\w+)`", told[1] if told else "")]
