"""For views of the host project: who asks, and what they may.

class Notes(APIView):
    authentication_classes = [BearerAuthentication]
    permission_classes = [IsRegularUser]
"""

from nhost_auth.http.authentication import BearerAuthentication
from nhost_auth.http.permissions import HasRole, IsRegularUser

__all__ = ["BearerAuthentication", "HasRole", "IsRegularUser"]
