from django.db import models


class InboxMessage(models.Model):
    """A mail or an SMS the demo would have sent; its inbox page shows it."""

    to = models.TextField()
    subject = models.TextField()
    text = models.TextField()
    arrived_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.subject
