import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { PoolProcessMessage, PoolProcessOptions } from './pool-process.ts';

/** Starts an emulated pool in a separate process. */
export async function startPool(options: PoolProcessOptions) {
  const child = fork(new URL('pool-process.ts', import.meta.url), [JSON.stringify(options)]);
  const next = async (): Promise<PoolProcessMessage> => (await once(child, 'message'))[0];
  const started = await next();
  if (!('url' in started)) throw new Error('the pool must say its address first');
  return {
    url: started.url,
    async counts() {
      child.send('count');
      const counts = await next();
      if ('url' in counts) throw new Error('the pool must say its counts');
      return counts;
    },
    stop: () => child.disconnect(),
  };
}
