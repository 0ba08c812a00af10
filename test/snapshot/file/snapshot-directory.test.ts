import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ConfigurationError } from '../../../src/errors.ts';
import type { Observation } from '../../../src/observation.ts';
import { SnapshotBuilder } from '../../../src/snapshot/builder.ts';
import { parseSnapshotKey } from '../../../src/snapshot/file/key.ts';
import { SnapshotDirectory } from '../../../src/snapshot/file/snapshot-directory.ts';
import type { SnapshotOwner } from '../../../src/snapshot/file/snapshot-files.ts';
import type { ColumnarSnapshot } from '../../../src/snapshot/snapshot.ts';
import type { SourceRecord } from '../../../src/source/source.ts';
import { anyRecord, asStored, fields, readBack } from '../records.ts';

const startedAt = 1_700_000_000_000;
const always = () => undefined;
const owner: SnapshotOwner = { server: 'pool', object: 'users', origin: 'eu/1', fields, needs: 'all' };
const records: readonly SourceRecord[] = Array.from({ length: 500 }, (_, i) => ({
  fields: [crypto.randomUUID(), i % 7 === 0, startedAt - i, i % 3 ? 'CONFIRMED' : 'UNCONFIRMED'],
  attributes: [
    ['email', `user${i}@example.com`],
    ['custom:tenant', i % 10 === 0 ? `tenant ${i}` : null],
    ['given_name', `name ${i % 20}`],
  ],
}));

let directory: string;
let observations: Observation[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'snapshots-'));
  observations = [];
});

afterEach(() => {
  vi.restoreAllMocks();
  return rm(directory, { recursive: true, force: true });
});

describe('a kept snapshot', () => {
  test.each([
    ['as it is', undefined],
    ['encrypted', parseSnapshotKey(randomBytes(32).toString('hex'))],
  ])('is the same when it comes back: %s', async (_, key) => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyRecord), async (records) => {
        const snapshot = await build(records);
        const files = keeper({ key });
        await files.save(owner, snapshot);
        const kept = await files.load(owner, always);
        expect(kept && readBack(kept)).toEqual(asStored(records));
        expect(kept?.startedAt).toBe(snapshot.startedAt);
        expect(kept?.stats).toEqual(snapshot.stats);
        expect(kept?.byteLength).toBe(snapshot.byteLength);
        expect(observations).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  test('keeps the encodings of its columns, and shares them as before', async () => {
    const files = keeper({});
    const shared = records.map(({ fields, attributes }) => ({
      fields,
      attributes: [['sub', String(fields[0])] as const, ...attributes],
    }));
    const snapshot = await build(shared);
    await files.save(owner, snapshot);
    const kept = await files.load(owner, always);
    expect([...(kept?.content.fields ?? [])]).toEqual([...snapshot.content.fields]);
    expect(kept?.content.slots).toEqual(snapshot.content.slots);
    const username = kept?.column({ kind: 'field', field: 'username' });
    expect(kept?.column({ kind: 'attribute', attribute: 'sub' })).toBe(username);
  });

  test('is replaced by the next one', async () => {
    const files = keeper({});
    await files.save(owner, await build(records));
    await files.save(owner, await build(records.slice(0, 3)));
    expect((await files.load(owner, always))?.rowCount).toBe(3);
    expect(await readdir(directory)).toHaveLength(1);
  });

  test('can only be read by its owner', async () => {
    const inner = join(directory, 'made', 'for it');
    const files = keeper({ directory: inner });
    await files.save(owner, await build(records));
    expect((await stat(inner)).mode & 0o777).toBe(0o700);
    expect((await stat(files.pathOf(owner))).mode & 0o777).toBe(0o600);
  });

  test('does not exist before the first save, which is not worth a warning', async () => {
    expect(await keeper({}).load(owner, always)).toBeUndefined();
    expect(await keeper({ directory: join(directory, 'missing') }).load(owner, always)).toBeUndefined();
    expect(observations).toEqual([]);
  });

  test('has its own file in the directory, whatever its names contain', () => {
    const files = keeper({});
    const names = ['a', 'A', '../a', 'a/b', 'a_b', '', '.', 'ü', '\ud800', 'x'.repeat(1000), 'a\0'];
    const paths = names.flatMap((server) => names.map((object) => files.pathOf({ server, object })));
    expect(new Set(paths.map((path) => path.toLowerCase())).size).toBe(names.length ** 2);
    for (const path of paths) {
      expect(path.slice(directory.length)).toMatch(/^\/[A-Za-z0-9_-]{1,100}\.snapshot$/);
    }
  });
});

describe('encryption', () => {
  test('leaves no plain text in the file', async () => {
    await keeper({}).save(owner, await build(records));
    const path = keeper({}).pathOf(owner);
    expect((await readFile(path)).includes('user7@example.com')).toBe(true);
    await keeper({ key: parseSnapshotKey('a passphrase') }).save(owner, await build(records));
    const encrypted = await readFile(path);
    for (const text of ['user7@example.com', 'CONFIRMED', 'email', 'pool']) {
      expect(encrypted.includes(text)).toBe(false);
    }
  });

  test('takes a passphrase, 64 hexadecimal digits or 32 bytes in base64', async () => {
    const bytes = randomBytes(32);
    const snapshot = await build(records);
    for (const text of ['a passphrase', bytes.toString('hex'), bytes.toString('base64')]) {
      await keeper({ key: parseSnapshotKey(text) }).save(owner, snapshot);
      const kept = await keeper({ key: parseSnapshotKey(text) }).load(owner, always);
      expect(kept?.rowCount).toBe(records.length);
    }
    // The same bytes are the same key, however they are written.
    const hex = keeper({ key: parseSnapshotKey(bytes.toString('hex')) });
    expect((await hex.load(owner, always))?.rowCount).toBe(records.length);
  });

  test('encrypts the same snapshot differently each time', async () => {
    const files = keeper({ key: parseSnapshotKey('a passphrase') });
    const snapshot = await build(records);
    await files.save(owner, snapshot);
    const first = await readFile(files.pathOf(owner));
    await files.save(owner, snapshot);
    expect((await readFile(files.pathOf(owner))).equals(first)).toBe(false);
  });

  test('refuses an empty key', () => {
    expect(() => parseSnapshotKey('')).toThrow(/must be 32 bytes in hexadecimal or base64, or a passphrase/);
  });
});

describe('a file that cannot be used is ignored with one warning:', () => {
  test.each<[string, Partial<SnapshotOwner>]>([
    ['another origin', { origin: 'eu/2' }],
    ['other fields', { fields: fields.slice(0, 2) }],
    ['other attributes', { needs: new Set(['email']) }],
  ])('of %s', async (_, other) => {
    await keeper({}).save(owner, await build(records));
    await expectIgnored(
      keeper({}),
      { ...owner, ...other },
      'belongs to another object, or has other columns',
    );
  });

  test('one of another server in its place', async () => {
    const files = keeper({});
    await files.save(owner, await build(records));
    const other = { ...owner, server: 'other' };
    await writeFile(files.pathOf(other), await readFile(files.pathOf(owner)));
    await expectIgnored(files, other, 'belongs to another object, or has other columns');
  });

  test('one that the reader rejects', async () => {
    const files = keeper({});
    await files.save(owner, await build(records));
    await expectIgnored(files, owner, 'is too old', () => 'is too old');
  });

  test('one with another encryption, or with none', async () => {
    const [plain, one, other] = [undefined, 'one', 'other'].map((text) =>
      keeper({ key: text === undefined ? undefined : parseSnapshotKey(text) }),
    );
    const snapshot = await build(records);
    await one?.save(owner, snapshot);
    await expectIgnored(other, owner, 'is damaged, or was encrypted with another key');
    await expectIgnored(plain, owner, 'is encrypted, and there is no key');
    await plain?.save(owner, snapshot);
    await expectIgnored(one, owner, 'is not encrypted, although there is a key');
  });

  test('something else', async () => {
    await writeFile(keeper({}).pathOf(owner), 'hello');
    await expectIgnored(keeper({}), owner, 'is not a snapshot file');
    await writeFile(keeper({}).pathOf(owner), '');
    await expectIgnored(keeper({}), owner, 'is not a snapshot file');
  });

  test('one of another format', async () => {
    await damage(keeper({}), (bytes) => bytes.fill(0xff, 8, 12));
    await expectIgnored(keeper({}), owner, 'has another format');
  });

  test.each([
    ['as it is', undefined, 'is damaged'],
    [
      'encrypted',
      parseSnapshotKey(randomBytes(32).toString('hex')),
      'is damaged, or was encrypted with another key',
    ],
  ])('in which any byte has changed: %s', async (_, key, reason) => {
    const files = keeper({ key });
    await files.save(owner, await build(records));
    const whole = await readFile(files.pathOf(owner));
    await fc.assert(
      fc.asyncProperty(
        // What comes before this is the version and whether it is encrypted.
        fc.integer({ min: 16, max: whole.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        async (at, change) => {
          const bytes = Buffer.from(whole);
          bytes[at] = (bytes[at] ?? 0) ^ change;
          await writeFile(files.pathOf(owner), bytes);
          await expectIgnored(files, owner, reason);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('one that is truncated anywhere', async () => {
    const files = keeper({});
    await files.save(owner, await build(records));
    const whole = await readFile(files.pathOf(owner));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 44, max: whole.length - 1 }), async (length) => {
        await writeFile(files.pathOf(owner), whole.subarray(0, length));
        await expectIgnored(files, owner, 'is damaged');
      }),
    );
    await writeFile(files.pathOf(owner), Buffer.concat([whole, Buffer.from('more')]));
    await expectIgnored(files, owner, 'is damaged');
  });

  test('one that is longer than the largest snapshot', async () => {
    const files = keeper({ maxSnapshotBytes: 100_000 });
    await files.save(owner, await build(records));
    expect((await files.load(owner, always))?.rowCount).toBe(records.length);
    const length = 200 * 2 ** 30;
    await truncate(files.pathOf(owner), length);
    await expectIgnored(
      files,
      owner,
      `has ${length} bytes, more than a snapshot of 100000 bytes takes (--max-snapshot-bytes)`,
    );
  });

  test('a pipe, a device, a link or a directory', async () => {
    const files = keeper({});
    const path = files.pathOf(owner);
    for (const make of [
      () => execFileSync('/usr/bin/mkfifo', [path]),
      () => symlink('/dev/zero', path),
      () => symlink(join(directory, 'elsewhere'), path),
      () => mkdir(path),
    ]) {
      await make();
      await expectIgnored(files, owner, 'is not a regular file');
      await rm(path, { recursive: true });
    }
  });

  test('that others can write', async () => {
    const files = keeper({});
    await files.save(owner, await build(records));
    for (const mode of [0o620, 0o602, 0o666]) {
      await chmod(files.pathOf(owner), mode);
      const reason = `can be written by others (mode 0${mode.toString(8)}); run chmod go-w "${files.pathOf(owner)}"`;
      await expectIgnored(files, owner, reason);
    }
  });

  test('that belongs to another user', async () => {
    const files = keeper({});
    await files.save(owner, await build(records));
    await giveAway(files.pathOf(owner));
    await files.load(owner, always);
    expect(observations).toEqual([
      expect.objectContaining({
        message: expect.stringMatching(/belongs to user \d+, but the gateway runs as/),
      }),
    ]);
  });
});

describe('at start a folder is rejected', () => {
  test.each([0o720, 0o702, 0o777])('that others can write: mode %o', async (mode) => {
    await chmod(directory, mode);
    await expect(keeper({}).assertTrusted()).rejects.toThrow(
      new ConfigurationError(
        `the snapshot folder ${directory} can be written by others (mode 0${mode.toString(8)}); run chmod go-w "${directory}" (--snapshot-dir)`,
      ),
    );
  });

  test('that belongs to another user', async () => {
    await giveAway(directory);
    await expect(keeper({}).assertTrusted()).rejects.toThrow(
      /belongs to user \d+, but the gateway runs as user/,
    );
  });

  test('that is a file', async () => {
    directory = join(directory, 'file');
    await writeFile(directory, '');
    await expect(keeper({}).assertTrusted()).rejects.toThrow('is not a directory');
  });

  test('but not if it is safe, or does not exist yet', async () => {
    await keeper({}).assertTrusted();
    directory = join(directory, 'later');
    await keeper({}).assertTrusted();
  });
});

describe('a folder is not used, and one line says why:', () => {
  test('that others can write', async () => {
    await keeper({}).save(owner, await build(records));
    await chmod(directory, 0o777);
    await expectUnused(`can be written by others (mode 0777); run chmod go-w "${directory}"`);
  });

  test('that belongs to another user', async () => {
    await keeper({}).save(owner, await build(records));
    await giveAway(directory);
    await expectUnused(expect.stringMatching(/belongs to user \d+, but the gateway runs as user \d+/));
  });

  test('that is a file', async () => {
    directory = join(directory, 'file');
    await writeFile(directory, '');
    expect(await keeper({}).load(owner, always)).toBeUndefined();
    expect(observations).toEqual([
      expect.objectContaining({
        message: `the snapshot folder ${directory} is not a directory; it is not used`,
      }),
    ]);
  });

  test('until it is made safe', async () => {
    const files = keeper({});
    await files.save(owner, await build(records));
    await chmod(directory, 0o777);
    expect(await files.load(owner, always)).toBeUndefined();
    await chmod(directory, 0o700);
    expect(await files.load(owner, always)).toBeDefined();
  });

  async function expectUnused(reason: unknown): Promise<void> {
    const files = keeper({});
    const before = await readdir(directory);
    expect(await files.load(owner, always)).toBeUndefined();
    await files.save(owner, await build(records.slice(1)));
    expect(await files.load(owner, always)).toBeUndefined();
    expect(await readdir(directory)).toEqual(before);
    const expected =
      typeof reason === 'string' ? `the snapshot folder ${directory} ${reason}; it is not used` : reason;
    expect(observations).toEqual([expect.objectContaining({ event: 'snapshot-file', message: expected })]);
  }
});

describe('a snapshot that cannot be written', () => {
  test('because the disk is full leaves the old one, nothing else, and one warning', async () => {
    await keeper({}).save(owner, await build(records));
    const full = keeper({
      createFile: async (path) => {
        const file = await open(path, 'wx', 0o600);
        let room = 10_000;
        return {
          async write(bytes) {
            if (room === 0) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
            const part = bytes.subarray(0, room);
            room -= part.length;
            return file.write(part);
          },
          sync: () => file.sync(),
          close: () => file.close(),
        };
      },
    });
    await full.save(owner, await build(records.slice(1)));
    expect(observations).toEqual([
      expect.objectContaining({ event: 'snapshot-file', message: expect.stringContaining('(ENOSPC)') }),
    ]);
    expect(await readdir(directory)).toHaveLength(1);
    expect((await keeper({}).load(owner, always))?.rowCount).toBe(records.length);
  });

  test('because its directory cannot be created causes one warning', async () => {
    await writeFile(join(directory, 'file'), '');
    await keeper({ directory: join(directory, 'file', 'inside') }).save(owner, await build(records));
    expect(observations).toEqual([
      expect.objectContaining({ event: 'snapshot-file', message: expect.stringContaining('(ENOTDIR)') }),
    ]);
  });

  test('completely, because its process was killed, is removed after an hour', async () => {
    const files = keeper({});
    const [abandoned, recent] = ['a', 'b'].map((name) => `${files.pathOf(owner)}.${name}.tmp`);
    for (const path of [abandoned, recent]) await writeFile(path ?? '', 'half');
    const twoHoursAgo = new Date(Date.now() - 7_200_000);
    await utimes(abandoned ?? '', twoHoursAgo, twoHoursAgo);
    await files.save(owner, await build(records));
    expect((await readdir(directory)).map((name) => join(directory, name)).sort()).toEqual(
      [files.pathOf(owner), recent].sort(),
    );
  });
});

function keeper(options: Partial<ConstructorParameters<typeof SnapshotDirectory>[0]>): SnapshotDirectory {
  return new SnapshotDirectory({
    directory,
    observe: (observation) => observations.push(observation),
    ...options,
  });
}

async function build(records: readonly SourceRecord[]): Promise<ColumnarSnapshot> {
  const builder = new SnapshotBuilder({ fields, needs: 'all' });
  builder.add(records);
  return builder.finish({ startedAt, pages: 9, requests: 10, throttles: 1, durationMs: 1234 });
}

/** Makes a file or folder another user's, or this process another user. */
async function giveAway(path: string): Promise<void> {
  if (process.getuid?.() === 0) await chown(path, 12_345, 12_345);
  else vi.spyOn(process, 'getuid').mockReturnValue(12_345);
}

async function damage(files: SnapshotDirectory, change: (bytes: Buffer) => void): Promise<void> {
  await files.save(owner, await build(records));
  const bytes = await readFile(files.pathOf(owner));
  change(bytes);
  await writeFile(files.pathOf(owner), bytes);
}

async function expectIgnored(
  files: SnapshotDirectory | undefined,
  owner: SnapshotOwner,
  reason: string,
  whyUnusable: () => string | undefined = always,
): Promise<void> {
  observations.length = 0;
  expect(await files?.load(owner, whyUnusable)).toBeUndefined();
  expect(observations).toEqual([
    {
      event: 'snapshot-file',
      server: owner.server,
      object: owner.object,
      message: `the snapshot file ${files?.pathOf(owner)} ${reason}; it is not used, and the object is scanned`,
    },
  ]);
}
