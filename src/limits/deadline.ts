import type { Plugin } from 'graphql-yoga';
import { RequestTimeoutError } from '../errors.ts';
import { type Limits, limitSettings } from './limits.ts';

/**
 * Ends an execution that takes too long, with `REQUEST_TIMEOUT`, and one whose client has gone. Resolvers learn of
 * it from `info.signal`.
 */
export function useDeadline({ requestTimeout }: Limits): Plugin {
  return {
    onExecute({ executeFn, setExecuteFn }) {
      setExecuteFn(async (args) => {
        const controller = new AbortController();
        const client: AbortSignal | undefined = args.contextValue?.request?.signal;
        const onClientGone = () => controller.abort(client?.reason);
        client?.addEventListener('abort', onClientGone, { once: true });
        const timer = setTimeout(() => controller.abort(lateError(requestTimeout)), requestTimeout);
        try {
          const bounded = { ...args, signal: controller.signal };
          return await executeFn(bounded);
        } finally {
          clearTimeout(timer);
          client?.removeEventListener('abort', onClientGone);
        }
      });
    },
  };
}

function lateError(requestTimeout: number): RequestTimeoutError {
  const { flag } = limitSettings.requestTimeout;
  return new RequestTimeoutError(
    `the request must be answered within ${requestTimeout} milliseconds, but was not (${flag})`,
  );
}
