import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { invalidParameter } from './api-error.ts';
import type { Chain, ChainParameters } from './chain.ts';

/** The position of a scan. */
export interface Bookmark {
  readonly chain: Chain;
  /** The next place in the chain's order. */
  readonly place: number;
  /** The number of pages that the scan has read. */
  readonly page: number;
}

/**
 * The running scans and their pagination tokens. If there are too many scans, the oldest one is dropped.
 */
export class ChainBook {
  readonly #chains = new Map<number, Chain>();
  readonly #numbers = new Map<Chain, number>();
  readonly #key = randomBytes(32);
  #opened = 0;
  #weight = 0;
  readonly #maximumChains: number;
  readonly #maximumWeight: number;

  /**
   * @param maximumChains the maximum number of running scans
   * @param maximumWeight the maximum number of sequence numbers that they store together, of 4 bytes each
   */
  constructor(maximumChains = 4096, maximumWeight = 16_777_216) {
    this.#maximumChains = maximumChains;
    this.#maximumWeight = maximumWeight;
  }

  /** Adds a scan. */
  open(chain: Chain): void {
    const number = this.#opened++;
    this.#chains.set(number, chain);
    this.#numbers.set(chain, number);
    this.#weight += chain.weight;
    for (const oldest of this.#chains.values()) {
      if (this.#chains.size <= this.#maximumChains && this.#weight <= this.#maximumWeight) break;
      if (oldest !== chain) this.forget(oldest);
    }
  }

  /** Drops a scan, so that its tokens are refused from now on. */
  forget(chain: Chain): void {
    const number = this.#numbers.get(chain);
    if (number === undefined) return;
    this.#chains.delete(number);
    this.#numbers.delete(chain);
    this.#weight -= chain.weight;
  }

  /** The token for a bookmark. It can be used any number of times. */
  tokenFor({ chain, place, page }: Bookmark): string {
    const content = Buffer.from(JSON.stringify([this.#numbers.get(chain), place, page]));
    return Buffer.concat([this.#seal(content), content]).toString('base64url');
  }

  /** @throws ApiError if the token is not from this book, or is for other parameters */
  find(token: string, parameters: ChainParameters): Bookmark {
    const bytes = Buffer.from(token, 'base64url');
    const content = bytes.subarray(sealLength);
    const seal = bytes.subarray(0, sealLength);
    if (seal.length < sealLength || !timingSafeEqual(seal, this.#seal(content))) throw refusedToken();
    const [number, place, page] = readNumbers(content);
    const chain = number === undefined ? undefined : this.#chains.get(number);
    if (!chain || place === undefined || page === undefined) throw refusedToken();
    if (!isSame(chain.parameters, parameters)) throw refusedToken();
    return { chain, place, page };
  }

  #seal(content: Buffer): Buffer {
    return createHmac('sha256', this.#key).update(content).digest();
  }
}

/** A token is refused, for any reason. */
export function refusedToken(): Error {
  return invalidParameter('Invalid pagination token');
}

/** The bytes of a SHA-256. */
const sealLength = 32;

function readNumbers(content: Buffer): readonly (number | undefined)[] {
  const parsed: unknown = JSON.parse(content.toString());
  return Array.isArray(parsed) ? parsed.map((item) => (typeof item === 'number' ? item : undefined)) : [];
}

function isSame(one: ChainParameters, other: ChainParameters): boolean {
  return (
    one.poolId === other.poolId &&
    one.limit === other.limit &&
    one.filter === other.filter &&
    one.attributesToGet?.join() === other.attributesToGet?.join()
  );
}
