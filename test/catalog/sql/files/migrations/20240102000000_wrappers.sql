-- As `supabase migration new` leaves them: what the platform brings is taken for granted.
create extension if not exists wrappers with schema extensions;
create extension if not exists supabase_vault with schema vault;
create extension if not exists pg_graphql with schema graphql;
create extension if not exists pg_net with schema extensions;
create extension if not exists "uuid-ossp" with schema extensions;

create foreign data wrapper cognito_wrapper
  handler cognito_fdw_handler
  validator cognito_fdw_validator;

select vault.create_secret('abc', 'cognito_secret', 'IAM user "reader"');
insert into vault.secrets (name, secret) values ('other_secret', 'def') returning key_id;

create table public.profiles (
  id uuid primary key references auth.users on delete cascade,
  bio text
);
alter table public.profiles enable row level security;
create policy "own" on public.profiles for select to authenticated using (auth.uid() = id);
create trigger on_signup after insert on auth.users for each row execute function public.handle_new_user();
