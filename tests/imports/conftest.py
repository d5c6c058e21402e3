"""What tests of imports share: Nhost's database."""

from __future__ import annotations

from tests.imports.nhost_database import hashers as hashers
from tests.imports.nhost_database import nhost as nhost
from tests.imports.nhost_database import nhost_server as nhost_server
from tests.imports.nhost_database import nhost_template as nhost_template
