import django.utils.timezone
from django.db import migrations, models
from django.db.models import F
from django.utils import timezone

from datetime import timedelta


def give_states(apps, schema_editor):
    """The newest key goes on signing, the others verify until their last token has expired for certain."""
    keys = apps.get_model("nhost_auth", "SigningKey").objects.using(schema_editor.connection.alias)
    for number, key in enumerate(keys.order_by("-created_at", "-pk")):
        key.kid, key.signs_from = str(key.pk), key.created_at
        key.verifies_until = timezone.now() + timedelta(days=1) if number else None
        key.save()


def give_last_use(apps, schema_editor):
    tokens = apps.get_model("nhost_auth", "RefreshToken").objects.using(schema_editor.connection.alias)
    tokens.update(last_used_at=F("created_at"))


class Migration(migrations.Migration):

    dependencies = [
        ("nhost_auth", "0003_social_providers"),
    ]

    operations = [
        migrations.RenameField("signingkey", "encrypted_private_pem", "encrypted_key"),
        migrations.AddField("signingkey", "kid", models.CharField(blank=True, default="", max_length=255)),
        migrations.AddField("signingkey", "issuer", models.CharField(blank=True, default="", max_length=255)),
        migrations.AddField("signingkey", "namespace", models.CharField(blank=True, default="", max_length=255)),
        migrations.AddField("signingkey", "signs_from", models.DateTimeField(default=django.utils.timezone.now)),
        migrations.AddField("signingkey", "verifies_until", models.DateTimeField(blank=True, null=True)),
        migrations.AlterField("signingkey", "created_at", models.DateTimeField(auto_now_add=True)),
        migrations.AlterModelOptions("signingkey", {"ordering": ["-signs_from", "-created_at", "-pk"]}),
        migrations.AddField("refreshtoken", "last_used_at", models.DateTimeField(default=django.utils.timezone.now)),
        migrations.AlterField(
            "spentrefreshtoken",
            "spent_at",
            models.DateTimeField(db_index=True, default=django.utils.timezone.now),
        ),
        migrations.AddIndex(
            "account", models.Index(fields=["-created_at", "-id"], name="nhost_auth_account_newest")
        ),
        migrations.CreateModel(
            name="AuditEvent",
            fields=[
                ("number", models.BigIntegerField(editable=False, primary_key=True, serialize=False)),
                ("at", models.DateTimeField(db_index=True)),
                ("event", models.CharField(max_length=64)),
                ("outcome", models.CharField(default="success", max_length=64)),
                ("account_id", models.UUIDField(blank=True, null=True)),
                ("actor", models.CharField(blank=True, default="", max_length=255)),
                ("ip", models.GenericIPAddressField(blank=True, null=True)),
                ("agent", models.CharField(blank=True, default="", max_length=255)),
                ("data", models.JSONField(blank=True, default=dict)),
                ("details_hash", models.CharField(editable=False, max_length=64)),
                ("hash", models.CharField(editable=False, max_length=64)),
                ("erased_at", models.DateTimeField(blank=True, editable=False, null=True)),
            ],
            options={
                "ordering": ["-number"],
                "indexes": [
                    models.Index(fields=["account_id", "-number"], name="nhost_auth_audit_account"),
                    models.Index(fields=["event", "-number"], name="nhost_auth_audit_event"),
                    models.Index(fields=["ip", "-number"], name="nhost_auth_audit_ip"),
                ],
            },
        ),
        migrations.RunPython(give_states, migrations.RunPython.noop),
        migrations.RunPython(give_last_use, migrations.RunPython.noop),
    ]
