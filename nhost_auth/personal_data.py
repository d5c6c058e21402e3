"""For the host project: what `auth_export_account` and `auth_erase_account` do with its own models.

class ShopConfig(AppConfig):
    def ready(self):
        from nhost_auth.personal_data import register

        register(Order, exporter=orders_of, eraser=forget_orders_of)
"""

from nhost_auth.flows.personal_data import register

__all__ = ["register"]
