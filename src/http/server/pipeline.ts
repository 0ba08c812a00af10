import type { Socket } from 'node:net';
import { overloaded } from './admission.ts';

/** How many requests may wait on a connection for those before them. */
const longestPipeline = 32;

/** The requests of a connection that are under way: the last of them, and how many wait for it. */
interface Pipeline {
  last: Promise<unknown>;
  waiting: number;
}

/**
 * Answers the requests of a connection one after the other, as a client which sends several at once has to expect. So
 * a connection takes one place at the most.
 */
export class Pipelines {
  readonly #pipelines = new WeakMap<Socket, Pipeline>();

  /**
   * Does the work when all that came before on the connection is done.
   *
   * @throws HttpError 503 where too much waits already
   */
  inTurn<T>(socket: Socket, work: () => Promise<T>): Promise<T> {
    const pipeline = this.#pipelines.get(socket) ?? { last: Promise.resolve(), waiting: 0 };
    this.#pipelines.set(socket, pipeline);
    if (pipeline.waiting >= longestPipeline) {
      return Promise.reject(
        overloaded(`too many requests on one connection at once (limit ${longestPipeline}); retry shortly`),
      );
    }
    pipeline.waiting++;
    const done = (pipeline.waiting === 1 ? work() : pipeline.last.then(work)).finally(() => {
      pipeline.waiting--;
    });
    pipeline.last = done.catch(() => undefined);
    return done;
  }
}
