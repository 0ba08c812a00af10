import { describe, expect, test } from 'vitest';
import { parseConnectionString } from '../../../src/catalog/postgres/connection-parameters.ts';

const parse = (text: string, environment: Record<string, string> = {}) =>
  parseConnectionString(text, environment);

describe('a connection string', () => {
  test.each([
    [
      "Supabase's direct connection",
      'postgresql://postgres:s3cret@db.abcdefgh.supabase.co:5432/postgres',
      'db.abcdefgh.supabase.co',
      5432,
      'postgres',
    ],
    [
      "Supabase's session pooler",
      'postgresql://postgres.abcdefgh:s3cret@aws-0-eu-central-1.pooler.supabase.com:5432/postgres',
      'aws-0-eu-central-1.pooler.supabase.com',
      5432,
      'postgres.abcdefgh',
    ],
    [
      "Supabase's transaction pooler",
      'postgresql://postgres.abcdefgh:s3cret@aws-0-eu-central-1.pooler.supabase.com:6543/postgres?pgbouncer=true',
      'aws-0-eu-central-1.pooler.supabase.com',
      6543,
      'postgres.abcdefgh',
    ],
    [
      "psql's pairs",
      "host=db.example.com port=6543 user='postgres.abcdefgh' password = 's3cret' dbname=postgres",
      'db.example.com',
      6543,
      'postgres.abcdefgh',
    ],
  ])('may be %s', (_, text, host, port, user) => {
    expect(parse(text)).toMatchObject({
      hosts: [{ host, port }],
      user,
      password: 's3cret',
      database: 'postgres',
      sslMode: 'prefer',
    });
  });

  test.each([
    ['postgres://u@h1:1,h2,[::1]:3/d', ['h1:1', 'h2:5432', '::1:3']],
    ['postgres://u@h1,h2:6/d', ['h1:5432', 'h2:6']],
    ['postgres:///d?host=h1,h2&port=7', ['h1:7', 'h2:7']],
    ['postgres://u@%2Fvar%2Frun/d', ['/var/run:5432']],
    ['postgres:///d?host=/tmp&port=6', ['/tmp:6']],
  ])('%s names its hosts', (text, hosts) => {
    expect(parse(text).hosts.map(({ host, port }) => `${host}:${port}`)).toEqual(hosts);
  });

  test.each(['p%40s%2Fs', 'p#ss', 'p?ss', 'p:ss', 'p ss', '100%25'])('a password may be %s', (password) => {
    const parsed = parse(`postgres://u:${password}@h/d?sslmode=require`);
    expect(parsed).toMatchObject({
      password: decodeURIComponent(password),
      database: 'd',
      sslMode: 'require',
    });
  });

  test.each(['p@ss', 'p/ss', 'p/s@s', '100%', 'a%zzb', 'p@ss/w#rd'])(
    'a password %s must be percent-encoded, and is not repeated',
    (password) => {
      expect(() => parse(`postgres://u:${password}@h/d`)).toThrow(
        'the password in the database URL must be percent-encoded: write @ as %40, / as %2F, : as %3A, % as %25, or give it in PGPASSWORD',
      );
    },
  );

  test('a placeholder is no password', () => {
    expect(() => parse('postgres://u:[YOUR-PASSWORD]@h/d')).toThrow(
      'the database URL still has the placeholder [YOUR-PASSWORD] where the password belongs',
    );
  });

  test.each([
    [
      'mysql://h',
      'the database URL must look like postgres://user@host:5432/database, or be pairs such as host=… dbname=…',
    ],
    [
      'postgres://h?sslmode=on',
      'sslmode must be one of disable, allow, prefer, require, verify-ca, verify-full, but got "on"',
    ],
    [
      'postgres://h?target_session_attrs=x',
      'target_session_attrs must be one of any, read-write, read-only, primary, standby, prefer-standby, but got "x"',
    ],
    ['postgres://h:70000', "the database's port must be a number from 1 to 65535, but got 70000"],
    ['postgres://h?connect_timeout=soon', 'connect_timeout takes whole seconds, but got "soon"'],
  ])('%s is refused', (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });

  test('leaves missing parameters to the environment', () => {
    const environment = {
      PGHOST: 'a,b',
      PGPORT: '1,2',
      PGUSER: 'me',
      PGDATABASE: 'mine',
      PGPASSWORD: 'p@ss',
      PGSSLMODE: 'verify-full',
      PGSSLROOTCERT: '/root.crt',
      PGTARGETSESSIONATTRS: 'primary',
      PGCONNECT_TIMEOUT: '3',
      PGPASSFILE: '/pass',
    };
    expect(parse('postgres://', environment)).toMatchObject({
      hosts: [
        { host: 'a', port: 1 },
        { host: 'b', port: 2 },
      ],
      user: 'me',
      database: 'mine',
      password: 'p@ss',
      sslMode: 'verify-full',
      sslRootCert: '/root.crt',
      targetSessionAttrs: 'primary',
      connectTimeoutMs: 3000,
      passwordFile: '/pass',
    });
    expect(parse('postgres://you:x@c:3/yours?sslmode=disable', environment)).toMatchObject({
      hosts: [{ host: 'c', port: 3 }],
      user: 'you',
      database: 'yours',
      password: 'x',
      sslMode: 'disable',
    });
  });
});
