import type { Buffer } from 'node:buffer';
import { type Ready, settleReady } from '../../columns/ready.ts';
import { JsonLimitError, type JsonLimits, parseSliced } from '../../columns/sliced-json.ts';
import type { Lifetime } from '../../graphql/request-scope.ts';
import { HttpError } from '../http-error.ts';

const limits: JsonLimits = {
  /** A query needs fewer than a hundred. */
  depth: 1_000,
  /** A list of 10,000 objects with lists in them has fewer. */
  containers: 50_000,
  /** A query has one for each variable or column. */
  members: 5_000,
  values: 200_000,
  /** The server bounds bodies to a few megabytes. */
  textBytes: Number.POSITIVE_INFINITY,
  gapBytes: Number.POSITIVE_INFINITY,
};

/**
 * Parses the JSON of a request. A large text is parsed in slices, so that it does not block the event loop.
 *
 * @param lifetime of the request, with which the parsing ends
 * @throws SyntaxError if it is not JSON
 * @throws HttpError if it is nested too deeply, or has too many values
 */
export function readJson(bytes: Buffer, lifetime: Lifetime): Ready<unknown> {
  return settleReady(
    () => parseSliced(bytes, limits, lifetime),
    (value) => value,
    (error) => {
      if (!(error instanceof JsonLimitError)) throw error;
      throw new HttpError(400, 'QUERY_TOO_COMPLEX', `the body has more than ${error.message}`);
    },
  );
}
