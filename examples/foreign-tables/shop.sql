-- The shop's own database: ordinary tables, and a role that may read what the gateway needs and nothing else.

create table orders (
  id integer primary key,
  username text not null,
  status text not null,
  total numeric(10, 2) not null,
  placed_at timestamptz not null,
  margin numeric(10, 2)
);

insert into orders
select
  i,
  case i % 10 when 0 then 'alice' else 'guest-' || i % 7 end,
  (array['open', 'paid', 'sent'])[1 + i % 3],
  (i % 97) * 1.25 + 5,
  timestamptz '2026-01-01 12:00:00+00' + i * interval '1 hour',
  (i % 97) * 0.25
from generate_series(1, 1000) i;

create role shop_reader login password 'shop_reader';
grant select (id, username, status, total, placed_at) on orders to shop_reader;
