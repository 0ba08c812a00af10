import { type Clock, systemClock, within } from '../../clock.ts';
import { messageOf } from '../../errors.ts';
import type {
  Block,
  Claim,
  ExchangePlace,
  Lease,
  ObjectState,
  Position,
  Publication,
  Renewal,
  Term,
} from './place.ts';

/** Carries messages between two processes. Messages are copied, including binary data and maps. */
export interface Channel {
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): () => void;
}

/** The time limit of a call. */
const timeoutMs = 30_000;

type Method = Exclude<keyof ExchangePlace, 'onNews' | 'close'>;

interface Call {
  readonly kind: 'place-call';
  readonly id: number;
  readonly method: Method;
  readonly parameters: readonly never[];
}

type Answer =
  | { readonly kind: 'place-answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'place-answer'; readonly id: number; readonly error: string };

/** A place that another process serves with `servePlace`. */
export class RemotePlace implements ExchangePlace {
  readonly #channel: Channel;
  readonly #clock: Clock;
  readonly #waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  readonly #listeners = new Set<() => void>();
  readonly #stop: () => void;
  #calls = 0;

  constructor(channel: Channel, clock: Clock = systemClock) {
    this.#channel = channel;
    this.#clock = clock;
    this.#stop = channel.onMessage((message) => this.#receive(message));
  }

  look(object: string): Promise<ObjectState> {
    return this.#call('look', object);
  }

  acquire(object: string, claim: Claim): Promise<Lease | undefined> {
    return this.#call('acquire', object, claim);
  }

  renew(object: string, lease: Lease, term: Term): Promise<Renewal | undefined> {
    return this.#call('renew', object, lease, term);
  }

  release(object: string, lease: Lease): Promise<void> {
    return this.#call('release', object, lease);
  }

  putBlocks(object: string, blocks: readonly Block[]): Promise<void> {
    return this.#call('putBlocks', object, blocks);
  }

  getBlocks(object: string, hashes: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    return this.#call('getBlocks', object, hashes);
  }

  publish(object: string, lease: Lease, publication: Publication): Promise<Position | undefined> {
    return this.#call('publish', object, lease, publication);
  }

  onNews(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#stop();
    for (const { reject } of this.#waiting.values()) reject(new Error('the place is closed'));
    this.#waiting.clear();
  }

  /** The answer has the method's type, because the other process runs the same program. */
  #call<M extends Method>(
    method: M,
    ...parameters: Parameters<ExchangePlace[M]>
  ): ReturnType<ExchangePlace[M]>;
  #call(method: Method, ...parameters: unknown[]): Promise<unknown> {
    const id = this.#calls++;
    const answer = new Promise<unknown>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#channel.send({ kind: 'place-call', id, method, parameters });
    });
    return within(answer, {
      clock: this.#clock,
      ms: timeoutMs,
      onLate: () => {
        throw new Error('the place does not answer');
      },
    }).finally(() => this.#waiting.delete(id));
  }

  #receive(message: unknown): void {
    if (isNews(message)) for (const listener of this.#listeners) listener();
    if (!isAnswer(message)) return;
    const waiting = this.#waiting.get(message.id);
    if ('error' in message) waiting?.reject(new Error(message.error));
    else waiting?.resolve(message.value);
  }
}

/** Serves a place to the process at the other end. Returns a function that stops serving. */
export function servePlace(place: ExchangePlace, channel: Channel): () => void {
  const stopNews = place.onNews(() => channel.send({ kind: 'place-news' }));
  const stopCalls = channel.onMessage((message) => {
    if (!isCall(message)) return;
    const { id, method, parameters } = message;
    const answer = (result: Omit<Answer, 'kind' | 'id'>) =>
      channel.send({ kind: 'place-answer', id, ...result });
    Promise.resolve(Reflect.apply(place[method], place, parameters)).then(
      (value: unknown) => answer({ value }),
      (error: unknown) => answer({ error: messageOf(error) }),
    );
  });
  return () => {
    stopNews();
    stopCalls();
  };
}

const methods: ReadonlySet<unknown> = new Set<Method>([
  'look',
  'acquire',
  'renew',
  'release',
  'putBlocks',
  'getBlocks',
  'publish',
]);

function isOfKind(message: unknown, kind: string): message is { readonly kind: string } {
  return typeof message === 'object' && message !== null && 'kind' in message && message.kind === kind;
}

function isCall(message: unknown): message is Call {
  return isOfKind(message, 'place-call') && 'method' in message && methods.has(message.method);
}

function isAnswer(message: unknown): message is Answer {
  return isOfKind(message, 'place-answer');
}

function isNews(message: unknown): boolean {
  return isOfKind(message, 'place-news');
}
