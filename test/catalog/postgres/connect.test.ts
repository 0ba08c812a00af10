import { chmod, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { createConnection, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { connect } from '../../../src/catalog/postgres/connect.ts';
import { parseConnectionString } from '../../../src/catalog/postgres/connection-parameters.ts';
import { UnavailableError } from '../../../src/errors.ts';

const fileAt = (name: string) => new URL(`files/${name}`, import.meta.url).pathname;
const postgres = new URL(inject('postgresUrl'));

/** The run's server, by another name or with parameters. */
function urlWith(parameters: Record<string, string>, host = 'localhost'): string {
  const url = new URL(postgres);
  url.hostname = host;
  url.search = new URLSearchParams(parameters).toString();
  return url.href;
}

async function attempt(url: string, environment: Record<string, string> = {}) {
  const client = await connect(parseConnectionString(url, environment), { applicationName: 'test' });
  const { rows } = await client.query(
    'select coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false) as ssl',
  );
  await client.end();
  return rows[0].ssl ? 'encrypted' : 'plain';
}

const refusal = (url: string, environment?: Record<string, string>) =>
  attempt(url, environment).then(
    () => 'nothing is refused',
    (error: Error) => error.message.replaceAll(postgres.port, 'PORT'),
  );

describe('a server without encryption', () => {
  test.each(['disable', 'allow', 'prefer'])('is connected to by sslmode=%s', async (sslmode) => {
    expect(await attempt(urlWith({ sslmode }))).toBe('plain');
  });

  test('is refused by sslmode=require', async () => {
    expect(await refusal(urlWith({ sslmode: 'require' }))).toBe(
      'cannot connect to Postgres at localhost:PORT: it offers no encryption, which sslmode=require requires',
    );
  });
});

describe('a server with a certificate of its own authority', () => {
  let admin: pg.Client;

  beforeAll(async () => {
    admin = new pg.Client(postgres.href);
    await admin.connect();
    for (const name of ['server.key', 'server.crt']) {
      const text = await readFile(fileAt(name), 'utf8');
      const lines = text
        .trim()
        .split('\n')
        .map((line) => `('${line}')`);
      // The server reads no key that others could.
      await admin.query(`copy (values ${lines}) to program 'umask 077; cat > ${name}'`);
    }
    await admin.query("alter system set ssl_cert_file = 'server.crt'");
    await admin.query('alter system set ssl = on');
    await admin.query('select pg_reload_conf()');
    await vi.waitUntil(async () => (await attempt(urlWith({ sslmode: 'prefer' }))) === 'encrypted', 10_000);
  });

  afterAll(async () => {
    await admin.query('alter system reset ssl');
    await admin.query('select pg_reload_conf()');
    await admin.end();
  });

  test.each([
    [{ sslmode: 'disable' }, 'plain'],
    [{ sslmode: 'allow' }, 'plain'],
    [{}, 'encrypted'],
    [{ sslmode: 'require' }, 'encrypted'],
    [{ sslmode: 'require', sslrootcert: fileAt('ca.crt') }, 'encrypted'],
    [{ sslmode: 'verify-ca', sslrootcert: fileAt('ca.crt') }, 'encrypted'],
    [{ sslmode: 'verify-full', sslrootcert: fileAt('ca.crt') }, 'encrypted'],
  ])('%o is %s', async (parameters, expected) => {
    expect(await attempt(urlWith(parameters))).toBe(expected);
  });

  test('verify-ca asks for no name, and verify-full does', async () => {
    const sslrootcert = fileAt('ca.crt');
    expect(await attempt(urlWith({ sslmode: 'verify-ca', sslrootcert }, '127.0.0.1'))).toBe('encrypted');
    expect(await refusal(urlWith({ sslmode: 'verify-full', sslrootcert }, '127.0.0.1'))).toBe(
      'cannot connect to Postgres at 127.0.0.1:PORT: its certificate is not for the host 127.0.0.1, which sslmode=verify-full requires; connect by the name that it is for, or use sslmode=verify-ca',
    );
  });

  test.each(['verify-ca', 'verify-full'])('%s says which parameter names the authority', async (sslmode) => {
    expect(await refusal(urlWith({ sslmode }))).toMatch(
      /its certificate is not trusted \(.*\): let sslrootcert name the file of the certificate authority that signed it, or use sslmode=require to encrypt without verifying$/,
    );
  });

  test('names a file that is not there', async () => {
    expect(await refusal(urlWith({ sslmode: 'verify-full', sslrootcert: '/no/such.crt' }))).toBe(
      'sslrootcert: the file /no/such.crt cannot be read',
    );
  });
});

describe('a connection', () => {
  test('reads its password from .pgpass, if no one else may read that file', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'pgpass-')), 'pgpass');
    const line = `localhost:${postgres.port}:*:postgres:postgres\n`;
    await writeFile(file, `# mine\n*:1:*:*:a\\:b\n${line}`, { mode: 0o600 });
    const url = new URL(urlWith({ passfile: file }));
    url.password = '';
    expect(await attempt(url.href)).toBeDefined();
    await chmod(file, 0o644);
    expect(await refusal(url.href)).toBe(
      'Postgres at localhost:PORT requires a password for postgres: put it into the database URL, PGPASSWORD or .pgpass',
    );
  });

  test('tries several hosts, for one in the wanted state', async () => {
    const url = (attrs: string) =>
      `postgres://postgres:postgres@127.0.0.1:1,127.0.0.1:${postgres.port}/postgres?target_session_attrs=${attrs}`;
    for (const attrs of ['any', 'read-write', 'primary', 'prefer-standby']) {
      expect(await attempt(url(attrs))).toBeDefined();
    }
    expect(await refusal(url('standby'))).toContain('nothing is listening there');
    const alone = urlWith({ target_session_attrs: 'standby' });
    expect(await refusal(alone)).toBe('the server is not what target_session_attrs=standby asks for');
  });

  test.each([
    [
      'a wrong password',
      'postgres://postgres:wrong@HOST/postgres',
      'password authentication failed for user "postgres"',
    ],
    ['an unknown database', 'postgres://postgres:postgres@HOST/nothing', 'database "nothing" does not exist'],
  ])('with %s is refused for good', async (_, template, why) => {
    const url = template.replace('HOST', `localhost:${postgres.port}`);
    const error = await attempt(url).catch((cause) => cause);
    expect(error.message).toContain(`cannot connect to Postgres at localhost:${postgres.port}: ${why}`);
    expect(error).not.toBeInstanceOf(UnavailableError);
  });

  test.each([
    ['nothing listens', '127.0.0.1:1'],
    ['the name is not known', 'nothing.invalid'],
    ['there is no socket', '%2Fno%2Fsuch'],
  ])('where %s may be had later', async (_, host) => {
    const error = await attempt(`postgres://u:hush@${host}/d`).catch((cause) => cause);
    expect(error).toBeInstanceOf(UnavailableError);
    expect(error.message).not.toContain('hush');
  });

  test('is lost if Postgres falls silent in mid-statement, although the connection stays open', async () => {
    const { hostname, port, username, password, pathname } = new URL(inject('postgresUrl'));
    let relaying = true;
    const sockets: Socket[] = [];
    const relay = createServer((client) => {
      const server = createConnection(Number(port), hostname);
      sockets.push(client, server);
      client.on('data', (bytes) => relaying && server.write(bytes)).on('error', () => {});
      server.on('data', (bytes) => relaying && client.write(bytes)).on('error', () => {});
    });
    await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
    const address = relay.address();
    const relayPort = typeof address === 'object' ? address?.port : undefined;
    const client = await connect(
      parseConnectionString(`postgres://${username}:${password}@127.0.0.1:${relayPort}${pathname}`),
      { applicationName: 'silent', silenceMs: 200 },
    );
    relaying = false;
    await expect(client.query('select')).rejects.toThrow('nothing came for 200 ms');
    await client.end();
    for (const socket of sockets) socket.destroy();
    relay.close();
  });

  test('waits no longer than connect_timeout', async () => {
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const error = await attempt(`postgres://u@127.0.0.1:${port}/d?connect_timeout=1`).catch((cause) => cause);
    silent.close();
    expect(error.message).toContain('it did not answer in time');
    expect(error).toBeInstanceOf(UnavailableError);
  });
});
