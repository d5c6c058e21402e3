"""Tables as commands print them."""

from __future__ import annotations

from nhost_auth.management.tables import table


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    rows = [("table", "deleted"), ("Ticket", 0), ("SpentRefreshToken", 1234567890)]
    assert table(rows).splitlines() == [
        "table              deleted",
        "Ticket             0",
        "SpentRefreshToken  1234567890",
    ]
