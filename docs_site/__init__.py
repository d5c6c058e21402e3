"""The documentation's site: what it has beside the pages of docs/, above all the reference, read off the code.

`mkdocs build --strict` (tox -e docs) builds it. Pages that are made here are never written to disk: a hook of mkdocs
(`hooks.py`) hands them over while it builds, so there is nothing to forget to write anew.
"""
