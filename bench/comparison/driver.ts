import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Case, type Dialect, requestBodies } from './cases.ts';
import { type Generator, type LoadResult, sendLoad } from './load.ts';
import type { UserRow } from './rows.ts';

/** How a driver sends its load. */
export interface DriverOptions {
  readonly generator: Generator;
  readonly connections: number;
  readonly rows: readonly UserRow[];
  /** Where it puts files with requests. */
  readonly folder: string;
}

/** Where a driver sends requests of a case. */
export interface Target {
  readonly name: string;
  readonly dialect: Dialect;
  readonly url: string;
  /** Sends the same bytes whatever it is asked, so that nothing is repeated to it. */
  readonly canned?: boolean;
}

/** Enough different requests that the generator does not seem to repeat itself. */
const bodyCount = 10_000;
/** More requests than are sent of a filter that must never repeat. */
const distinctBodyCount = 200_000;

/** Sends requests of each case, to every server in the same order, going on where it stopped. */
export class Driver {
  readonly #options: DriverOptions;
  readonly #files = new Map<string, Promise<string>>();
  readonly #sent = new Map<string, number>();

  constructor(options: DriverOptions) {
    this.#options = options;
  }

  /**
   * @param ratePerSecond sends about as much as that; as much as is answered by default
   * @throws Error where a request fails, or one repeats that must not
   */
  async send(asked: Case, target: Target, seconds: number, ratePerSecond?: number): Promise<LoadResult> {
    const { connections, generator } = this.#options;
    const key = `${target.name} ${asked.name}`;
    const skip = this.#sent.get(key) ?? 0;
    const result = await sendLoad(generator, {
      url: target.url,
      bodies: await this.#fileOf(asked, target.dialect),
      skip,
      connections,
      seconds,
      ratePerSecond,
    });
    this.#sent.set(key, skip + result.requests);
    if (result.failed > 0)
      throw new Error(`${target.name} failed ${result.failed} requests of ${asked.name}`);
    if (asked.neverRepeats && !target.canned && skip + result.requests > distinctBodyCount) {
      throw new Error(`${asked.name} has repeated itself: run fewer or shorter rounds`);
    }
    return result;
  }

  #fileOf(asked: Case, dialect: Dialect): Promise<string> {
    const name = `${asked.name}-${dialect}`;
    const file = this.#files.get(name) ?? this.#write(name, asked, dialect);
    this.#files.set(name, file);
    return file;
  }

  async #write(name: string, asked: Case, dialect: Dialect): Promise<string> {
    const file = join(this.#options.folder, name);
    const count = asked.neverRepeats ? distinctBodyCount : bodyCount;
    await writeFile(file, requestBodies(asked, dialect, this.#options.rows, count).join('\n'));
    return file;
  }
}
