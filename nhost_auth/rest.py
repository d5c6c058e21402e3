"""The public door for host projects: who asks, and what they may (docs/host-projects.md).

class Notes(APIView):
    authentication_classes = [BearerAuthentication]
    permission_classes = [NotAnonymous, HasRole.named("editor")]
"""

from nhost_auth.http.authentication import BearerAuthentication, StatelessBearerAuthentication, TokenUser
from nhost_auth.http.permissions import HasRole, IsElevated, NotAnonymous

__all__ = [
    "BearerAuthentication",
    "HasRole",
    "IsElevated",
    "NotAnonymous",
    "StatelessBearerAuthentication",
    "TokenUser",
]
