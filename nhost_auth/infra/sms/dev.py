"""For development: an SMS becomes a line of the log, or a file (configuration.md 5.7). Both hold the code in clear."""

from __future__ import annotations

import logging
import re
from pathlib import Path

from nhost_auth.conf import conf

MAX_NAME_LENGTH = 64

logger = logging.getLogger("nhost_auth.sms")


def send(to: str, text: str) -> None:
    """Log at INFO, or write <number>.txt into AUTH_SMS_DEV_OUTPUT_DIR in place of the last one. Raises OSError."""
    if not conf.AUTH_SMS_DEV_OUTPUT_DIR:
        # Blanks and line breaks become one blank, for what somebody sent must not look like a line of its own.
        logger.info("SMS to %s: message: %s", " ".join(to.split()), " ".join(text.split()))
        return
    folder = Path(conf.AUTH_SMS_DEV_OUTPUT_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"[^0-9A-Za-z+]", "_", to)[:MAX_NAME_LENGTH]
    (folder / f"{name}.txt").write_text(text, "utf-8")
