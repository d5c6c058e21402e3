"""`demo`: everything needed to try the API, in one command."""

from __future__ import annotations

import os
import secrets
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand

ADMIN = "admin"
THREADS = 4


class Command(BaseCommand):
    help = "Migrates the database, makes keys and an admin login where missing, and serves the API."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
        parser.add_argument("--port", type=int, default=int(settings.AUTH_PORT), help="default: AUTH_PORT, or 4000")
        parser.add_argument("--noinput", action="store_false", dest="interactive", help="never ask anything")

    def handle(self, *_args: Any, **options: Any) -> None:
        call_command("migrate", interactive=options["interactive"], verbosity=0)
        self._ensure_admin()
        self._print_addresses(options["host"], options["port"])
        # A new process in the place of this one: it shares no database connection with us, and its settings name
        # the port in mails and redirects.
        arguments = [sys.executable, "-m", "granian", "example_project.wsgi:application"]
        arguments += ["--interface", "wsgi", "--blocking-threads", str(THREADS), "--no-ws"]
        arguments += ["--host", options["host"], "--port", str(options["port"])]
        os.execve(sys.executable, arguments, {**os.environ, "AUTH_PORT": str(options["port"])})  # noqa: S606

    def _ensure_admin(self) -> None:
        users: Any = get_user_model()
        if users.objects.filter(is_superuser=True).exists():
            return
        password = secrets.token_urlsafe(12)
        users.objects.create_superuser(ADMIN, password=password)
        self.stdout.write(f"Admin login   {ADMIN} with the password {password} (made just now, shown once)")

    def _print_addresses(self, host: str, port: int) -> None:
        shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104 - compared, not bound
        origin = f"http://{f'[{shown}]' if ':' in shown else shown}:{port}"
        self.stdout.write(f"API           {origin}{settings.AUTH_API_PREFIX}")
        self.stdout.write(f"Start page    {origin}/")
        if settings.DEMO_INBOX:
            self.stdout.write(f"Inbox         {origin}/inbox")
        self.stdout.write(f"API to browse {origin}/docs/")
        self.stdout.write(f"Admin         {origin}/admin/")
        self.stdout.flush()
