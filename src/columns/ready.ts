/** A value, or a promise of it. Awaiting a value that is there already would dominate the cost of many requests. */
export type Ready<T> = T | Promise<T>;

/** Continues with a value, synchronously unless it is a promise. */
export function whenReady<T, R>(value: Ready<T>, next: (value: T) => Ready<R>): Ready<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/** Does the work, and continues with its value or its failure, synchronously unless it is a promise. */
export function settleReady<T, R>(
  work: () => Ready<T>,
  onValue: (value: T) => Ready<R>,
  onFailure: (reason: unknown) => Ready<R>,
): Ready<R> {
  let value: Ready<T>;
  try {
    value = work();
  } catch (reason) {
    return onFailure(reason);
  }
  return value instanceof Promise ? value.then(onValue, onFailure) : onValue(value);
}

/** Does the work, and calls `end` when it has succeeded or failed, synchronously unless it is a promise. */
export function endReady<T>(work: () => Ready<T>, end: () => void): Ready<T> {
  let value: Ready<T>;
  try {
    value = work();
  } catch (reason) {
    end();
    throw reason;
  }
  if (value instanceof Promise) return value.finally(end);
  end();
  return value;
}

/**
 * The results of work on each item, in order, without a promise if none is one. If the work on one fails, the others finish
 * before the failure is reported.
 */
export function mapReady<T, R>(
  items: readonly T[],
  work: (item: T, index: number) => Ready<R>,
): Ready<readonly R[]> {
  const all: Ready<R>[] = [];
  const there: R[] = [];
  for (const [index, item] of items.entries()) {
    const result = attempt(() => work(item, index), all.length > there.length);
    all.push(result);
    if (!(result instanceof Promise)) there.push(result);
  }
  return there.length === all.length ? there : settled(all);
}

/** @param asPromise whether a failure is to come later, because other work is under way */
function attempt<R>(work: () => Ready<R>, asPromise: boolean): Ready<R> {
  if (!asPromise) return work();
  try {
    return work();
  } catch (error) {
    return Promise.reject(error);
  }
}

async function settled<R>(all: readonly Ready<R>[]): Promise<readonly R[]> {
  const outcomes = await Promise.allSettled(all);
  return outcomes.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  });
}
