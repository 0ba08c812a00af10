import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError, codeOf, messageOf } from '../../errors.ts';
import { objectKey } from '../../model/model.ts';
import type { Observe } from '../../observation.ts';
import { ColumnarSnapshot } from '../snapshot.ts';
import type { WritableFile } from './block-writer.ts';
import { readContent } from './content-reader.ts';
import { writeContent } from './content-writer.ts';
import type { SnapshotKey } from './key.ts';
import { readSealed, type Sealing, writeSealed } from './sealed-file.ts';
import { longestSealed, tooLong } from './size-limit.ts';
import type { SnapshotFiles, SnapshotOwner } from './snapshot-files.ts';
import { assertTrustedDirectory, openTrusted } from './trusted-path.ts';
import { UnusableFile } from './unusable-file.ts';

/** Where snapshots are kept, and what encrypts them. */
export interface SnapshotDirectoryOptions {
  /** Created on demand, readable by its owner only. */
  readonly directory: string;
  /** Encrypts the files. */
  readonly key?: SnapshotKey | undefined;
  /** The size of the largest snapshot in bytes; unlimited by default. Much longer files are not read. */
  readonly maxSnapshotBytes?: number | undefined;
  readonly observe: Observe;
  /** Creates a file that only its owner can read. */
  readonly createFile?: (path: string) => Promise<NewFile>;
}

/** The part of a file handle that is used for a new file. */
export interface NewFile extends WritableFile {
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** The age at which incomplete files of killed processes are removed. */
const abandonedAfterMs = 3_600_000;

/**
 * Keeps snapshots in a directory, in one file for each foreign object. Incomplete files are never used: a file is written under
 * a temporary name and then renamed, and it contains a checksum or, if it is encrypted, an authentication tag.
 */
export class SnapshotDirectory implements SnapshotFiles {
  readonly #directory: string;
  readonly #key: SnapshotKey | undefined;
  readonly #maxSnapshotBytes: number;
  readonly #observe: Observe;
  readonly #createFile: (path: string) => Promise<NewFile>;
  /** Why the directory is not used, as last observed. */
  #unusable: string | undefined;

  constructor({
    directory,
    key,
    maxSnapshotBytes = Number.POSITIVE_INFINITY,
    observe,
    createFile = createPrivateFile,
  }: SnapshotDirectoryOptions) {
    this.#directory = directory;
    this.#key = key;
    this.#maxSnapshotBytes = maxSnapshotBytes;
    this.#observe = observe;
    this.#createFile = createFile;
  }

  /**
   * To be called at start, because files that others put into the directory would be served as if they had been scanned.
   *
   * @throws ConfigurationError if others can write to the directory, or it is a file. It may also be missing.
   */
  async assertTrusted(): Promise<void> {
    try {
      await assertTrustedDirectory(this.#directory);
    } catch (error) {
      // If the directory cannot be read now, that is observed once it is needed, and is no reason not to serve.
      if (!(error instanceof UnusableFile)) return;
      throw new ConfigurationError(
        `the snapshot folder ${this.#directory} ${error.message} (--snapshot-dir)`,
      );
    }
  }

  async load(
    owner: SnapshotOwner,
    whyUnusable: (snapshot: ColumnarSnapshot) => string | undefined,
  ): Promise<ColumnarSnapshot | undefined> {
    if (!(await this.#isUsable(owner))) return undefined;
    try {
      const snapshot = await this.#read(owner);
      const reason = snapshot && whyUnusable(snapshot);
      if (reason !== undefined) throw new UnusableFile(reason);
      return snapshot;
    } catch (error) {
      const reason = error instanceof UnusableFile ? error.message : `cannot be read (${describe(error)})`;
      this.#warn(
        owner,
        `the snapshot file ${this.pathOf(owner)} ${reason}; it is not used, and the object is scanned`,
      );
      return undefined;
    }
  }

  async save(owner: SnapshotOwner, snapshot: ColumnarSnapshot): Promise<void> {
    const path = this.pathOf(owner);
    const temporary = `${path}.${randomUUID()}.tmp`;
    try {
      await mkdir(this.#directory, { recursive: true, mode: 0o700 });
      if (!(await this.#isUsable(owner))) return;
      await this.#removeAbandoned(path);
      await this.#write(temporary, owner, snapshot);
      await rename(temporary, path);
      await syncDirectory(this.#directory);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      this.#warn(
        owner,
        `the snapshot file ${path} cannot be written (${describe(error)}); it is left as it was`,
      );
    }
  }

  /** The file of an object. Its name has only the letters and digits of the object's, and a hash of the full name. */
  pathOf({ server, object }: Pick<SnapshotOwner, 'server' | 'object'>): string {
    const legible = `${server}-${object}`.replaceAll(/[^A-Za-z0-9-]+/g, '_').slice(0, 60);
    const hash = createHash('sha256').update(objectKey({ server, object })).digest('hex').slice(0, 16);
    return join(this.#directory, `${legible}-${hash}.snapshot`);
  }

  /** Whether the directory exists and only its owner can write to it. If not, the reason is observed once. */
  async #isUsable(owner: SnapshotOwner): Promise<boolean> {
    try {
      const isThere = await assertTrustedDirectory(this.#directory);
      this.#unusable = undefined;
      return isThere;
    } catch (error) {
      const reason = error instanceof UnusableFile ? error.message : `cannot be read (${describe(error)})`;
      if (reason === this.#unusable) return false;
      this.#unusable = reason;
      this.#warn(owner, `the snapshot folder ${this.#directory} ${reason}; it is not used`);
      return false;
    }
  }

  async #read(owner: SnapshotOwner): Promise<ColumnarSnapshot | undefined> {
    const file = await openTrusted(this.pathOf(owner));
    if (!file) return undefined;
    try {
      const { size } = await file.stat();
      if (size > longestSealed(this.#maxSnapshotBytes)) {
        throw new UnusableFile(tooLong(size, this.#maxSnapshotBytes));
      }
      return new ColumnarSnapshot(await readSealed(file, size, this.#sealing(owner), readContent));
    } finally {
      await file.close();
    }
  }

  async #write(path: string, owner: SnapshotOwner, snapshot: ColumnarSnapshot): Promise<void> {
    const file = await this.#createFile(path);
    try {
      await writeSealed(file, this.#sealing(owner), (out) => writeContent(out, snapshot.content));
      await file.sync();
    } finally {
      await file.close();
    }
  }

  #sealing(owner: SnapshotOwner): Sealing {
    return { key: this.#key, subject: describeOwner(owner) };
  }

  async #removeAbandoned(path: string): Promise<void> {
    for (const name of await readdir(this.#directory)) {
      const candidate = join(this.#directory, name);
      if (!candidate.startsWith(`${path}.`) || !name.endsWith('.tmp')) continue;
      // Another gateway may have removed it meanwhile.
      const status = await stat(candidate).catch(() => undefined);
      if (status && Date.now() - status.mtimeMs > abandonedAfterMs) await rm(candidate, { force: true });
    }
  }

  #warn({ server, object }: SnapshotOwner, message: string): void {
    this.#observe({ event: 'snapshot-file', server, object, message });
  }
}

function describeOwner({ server, object, origin, fields, needs }: SnapshotOwner): string {
  return JSON.stringify([
    'kept',
    server,
    object,
    origin ?? null,
    fields.map(({ name, type }) => [name, type]),
    needs === 'all' ? needs : [...needs].sort(),
  ]);
}

function createPrivateFile(path: string): Promise<FileHandle> {
  return open(path, 'wx', 0o600);
}

/** Makes the renaming durable, if the system supports that. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r').catch(() => undefined);
  await directory?.sync().catch(() => undefined);
  await directory?.close();
}

function describe(error: unknown): string {
  return codeOf(error) ?? messageOf(error);
}
