"""Texts that are told apart by every letter, on every database."""

from __future__ import annotations

from typing import Any

from django.db import models


class ExactCharField(models.CharField):  # type: ignore[type-arg]
    """A CharField that takes no other text for its own, and foreign keys to it do not either.

    MariaDB and MySQL overlook case, accents, and mostly blanks at the end: two people would be one.
    """

    def db_parameters(self, connection: Any) -> Any:
        parameters = super().db_parameters(connection)
        if connection.vendor == "mysql":
            parameters["collation"] = "utf8mb4_nopad_bin" if connection.mysql_is_mariadb else "utf8mb4_0900_bin"
        return parameters
