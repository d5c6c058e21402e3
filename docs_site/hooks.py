"""What mkdocs calls while it builds (mkdocs.yml, `hooks`).

A hook, not the plugin mkdocs-gen-files: mkdocs takes pages that were never on disk by itself, and links have to be
adapted by a hook anyway. So there is one thing less to install.
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from mkdocs.structure.files import File, Files

log = logging.getLogger("mkdocs.hooks.docs_site")


def on_startup(**_options: Any) -> None:
    sys.path.insert(0, str(Path(__file__).parents[1]))  # not above: mkdocs puts the path back once this file is loaded
    settings.configure(
        SECRET_KEY="of no use, for nothing is served",  # noqa: S106
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "social_django", "nhost_auth"],
        USE_TZ=True,
    )
    django.setup()


def on_files(files: Files, config: Any, **_options: Any) -> Files:
    from docs_site.pages import made

    for page, text in made().items():
        files.append(File.generated(config, page, content=text))
    return files


def on_page_markdown(markdown: str, page: Any, **_options: Any) -> str:
    from docs_site.links import Astray, adapted

    try:
        return adapted(markdown, page.file.src_uri)
    except Astray as astray:
        log.warning(str(astray))  # which ends a strict build
        return markdown
