-- The schema of hasura-auth at migration 27, as clients of the database see it.
create extension if not exists citext;
create extension if not exists pgcrypto;
create schema auth;

create table auth.schema_migrations (version bigint primary key, dirty boolean not null);
insert into auth.schema_migrations values (27, false);

create domain auth.email as citext check (value ~ '^[a-zA-Z0-9.!#$%&''*+/=?^_`{|}~-]+@[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(\.[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$');

create function auth.set_current_timestamp_updated_at() returns trigger language plpgsql as $$
begin
  new.updated_at = now();
  return new;
end;
$$;

create table auth.roles (role text primary key);
insert into auth.roles values ('user'), ('anonymous'), ('me');

create table auth.users (
  id uuid primary key default gen_random_uuid(),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  last_seen timestamptz,
  disabled boolean not null default false,
  display_name text not null default '',
  avatar_url text not null default '',
  locale varchar(3) not null,
  email auth.email constraint users_email_key unique,
  phone_number text constraint users_phone_number_key unique,
  password_hash text,
  email_verified boolean not null default false,
  phone_number_verified boolean not null default false,
  new_email auth.email,
  otp_method_last_used text,
  otp_hash text,
  otp_hash_expires_at timestamptz not null default now(),
  otp_attempts smallint not null default 0,
  default_role text not null default 'user',
  is_anonymous boolean not null default false,
  totp_secret text,
  active_mfa_type text,
  ticket text,
  ticket_expires_at timestamptz not null default now(),
  metadata jsonb,
  webauthn_current_challenge text,
  new_phone_number text,
  pending_sms_deanonymize_options jsonb,
  constraint active_mfa_types_check check (active_mfa_type in ('totp', 'sms')),
  constraint fk_default_role foreign key (default_role) references auth.roles (role) on update cascade on delete restrict
);
create index users_new_phone_number_idx on auth.users (new_phone_number) where new_phone_number is not null;
create trigger set_auth_users_updated_at before update on auth.users
  for each row execute function auth.set_current_timestamp_updated_at();

create table auth.user_roles (
  id uuid primary key default gen_random_uuid(),
  created_at timestamptz not null default now(),
  user_id uuid not null,
  role text not null,
  constraint user_roles_user_id_role_key unique (user_id, role),
  constraint fk_user foreign key (user_id) references auth.users (id) on update cascade on delete cascade,
  constraint fk_role foreign key (role) references auth.roles (role) on update cascade on delete restrict
);

create table auth.providers (id text primary key);
insert into auth.providers values ('github'), ('facebook'), ('twitter'), ('google'), ('apple'), ('linkedin'), ('windowslive'),
  ('spotify'), ('strava'), ('gitlab'), ('bitbucket'), ('discord'), ('twitch'), ('workos'), ('azuread'), ('entraid');

create table auth.user_providers (
  id uuid primary key default gen_random_uuid(),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  user_id uuid not null,
  access_token text not null,
  refresh_token text,
  provider_id text not null,
  provider_user_id text not null,
  constraint user_providers_provider_id_provider_user_id_key unique (provider_id, provider_user_id),
  constraint fk_user foreign key (user_id) references auth.users (id) on update cascade on delete cascade,
  constraint fk_provider foreign key (provider_id) references auth.providers (id) on update cascade on delete restrict
);
create trigger set_auth_user_providers_updated_at before update on auth.user_providers
  for each row execute function auth.set_current_timestamp_updated_at();

create table auth.provider_requests (id uuid primary key, options jsonb);

create table auth.refresh_token_types (value text primary key, comment text);
insert into auth.refresh_token_types values ('regular', 'Regular refresh token'), ('pat', 'Personal access token');

create table auth.refresh_tokens (
  id uuid primary key default gen_random_uuid(),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  user_id uuid not null,
  metadata jsonb,
  type text not null default 'regular',
  refresh_token_hash varchar(255),
  constraint fk_user foreign key (user_id) references auth.users (id) on update cascade on delete cascade,
  constraint refresh_tokens_types_fkey foreign key (type) references auth.refresh_token_types (value)
    on update restrict on delete restrict
);
create index refresh_tokens_refresh_token_hash_expires_at_user_id_idx
  on auth.refresh_tokens (refresh_token_hash, expires_at, user_id);

create table auth.user_security_keys (
  id uuid constraint user_security_keys_pkey primary key default gen_random_uuid(),
  user_id uuid not null,
  credential_id text not null constraint user_security_key_credential_id_key unique,
  credential_public_key bytea,
  counter bigint not null default 0,
  transports varchar(255) not null default '',
  nickname text,
  constraint fk_user foreign key (user_id) references auth.users (id) on update cascade on delete cascade
);

create table auth.oauth2_clients (
  client_id text primary key default 'nhoa_' || encode(gen_random_bytes(8), 'hex'),
  client_secret_hash text check (client_secret_hash ~ '^\$2[aby]?\$'),
  redirect_uris text[] not null default '{}',
  scopes text[] not null default '{openid,profile,email,phone,offline_access,graphql}',
  type text not null default 'registered' check (type in ('registered', 'client_id_metadata_document')),
  metadata jsonb,
  metadata_document_fetched_at timestamptz,
  created_by uuid references auth.users (id) on delete set null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index on auth.oauth2_clients (created_by);
create table auth.oauth2_refresh_tokens (
  id uuid primary key default gen_random_uuid(),
  token_hash text not null unique,
  client_id text not null references auth.oauth2_clients on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  scopes text[] not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create table auth.pkce_authorization_codes (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  code_hash text not null unique,
  code_challenge text not null,
  redirect_to text,
  expires_at timestamptz not null,
  created_at timestamptz not null default now()
);
create index on auth.pkce_authorization_codes (expires_at);
