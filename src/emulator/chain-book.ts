import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { invalidParameter } from './api-error.ts';
import type { Chain, ChainParameters } from './chain.ts';

/** Where a scan stands. */
export interface Bookmark {
  readonly chain: Chain;
  /** The next place in the chain's order. */
  readonly place: number;
  /** How many pages the scan has had. */
  readonly page: number;
}

/**
 * The scans under way, and the tokens by which their callers continue them. For one scan too many the oldest is
 * forgotten.
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
   * @param maximumChains how many scans can be under way
   * @param maximumWeight how many sequence numbers they may remember together, of 4 bytes each
   */
  constructor(maximumChains = 4096, maximumWeight = 16_777_216) {
    this.#maximumChains = maximumChains;
    this.#maximumWeight = maximumWeight;
  }

  /** Remembers a scan. */
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

  /** Forgets a scan; its tokens are refused from now on. */
  forget(chain: Chain): void {
    const number = this.#numbers.get(chain);
    if (number === undefined) return;
    this.#chains.delete(number);
    this.#numbers.delete(chain);
    this.#weight -= chain.weight;
  }

  /** The token that leads to a bookmark. A token can be used any number of times. */
  tokenFor({ chain, place, page }: Bookmark): string {
    const content = Buffer.from(JSON.stringify([this.#numbers.get(chain), place, page]));
    return Buffer.concat([this.#seal(content), content]).toString('base64url');
  }

  /** @throws ApiError unless the token is one of this book's, for the same parameters */
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

/** A token is refused; the API never says why. */
export function refusedToken(): Error {
  return invalidParameter('Invalid pagination token');
}

/** Of SHA-256. */
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
