"""Own sessions, recovery codes, ways back, failed tries, and the table behind Django's cache."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_first_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='DemoSignIn',
            fields=[
                ('account', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, serialize=False, to=settings.AUTH_USER_MODEL)),
                ('role', models.CharField(max_length=24)),
                ('name', models.CharField(max_length=80)),
                ('place', models.CharField(blank=True, default='', max_length=300)),
                ('passphrase', models.CharField(max_length=128)),
                ('position', models.PositiveSmallIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='NamedDesk',
            fields=[
                ('account', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, serialize=False, to=settings.AUTH_USER_MODEL)),
                ('desk_hash', models.CharField(max_length=64)),
                ('named_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Session',
            fields=[
                ('session_key', models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name='session key')),
                ('session_data', models.TextField(verbose_name='session data')),
                ('expire_date', models.DateTimeField(db_index=True, verbose_name='expire date')),
                ('account_id', models.UUIDField(db_index=True, null=True)),
                ('handle', models.UUIDField(null=True, unique=True)),
            ],
            options={
                'verbose_name': 'session',
                'verbose_name_plural': 'sessions',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Guess',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_index=True)),
                ('kind', models.CharField(max_length=12)),
                ('name_hash', models.CharField(max_length=64)),
                ('place_hash', models.CharField(max_length=64)),
            ],
            options={
                'indexes': [models.Index(fields=['name_hash', 'at'], name='accounts_guess_by_name'), models.Index(fields=['place_hash', 'at'], name='accounts_guess_by_place')],
            },
        ),
        migrations.CreateModel(
            name='RecoveryCode',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('card', 'one of the codes on the card'), ('trusted', 'the code that a trusted person keeps')], max_length=8)),
                ('code_hash', models.CharField(max_length=64, unique=True)),
                ('made_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(blank=True, null=True)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='WayBack',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('spoken_hash', models.CharField(db_index=True, max_length=64)),
                ('return_hash', models.CharField(max_length=64, unique=True)),
                ('asked_at', models.DateTimeField()),
                ('ready_at', models.DateTimeField(blank=True, null=True)),
                ('stopped_at', models.DateTimeField(blank=True, null=True)),
                ('used_at', models.DateTimeField(blank=True, null=True)),
                ('account', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL)),
            ],
        ),
        # What `createcachetable` would make: the second factor keeps its used codes here, shared by all processes.
        migrations.RunSQL(
            [
                "create table accounts_cache (cache_key varchar(255) primary key, value text not null, expires timestamptz not null)",
                "create index accounts_cache_expires on accounts_cache (expires)",
            ],
            reverse_sql="drop table accounts_cache",
        ),
    ]
