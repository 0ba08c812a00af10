import { ConfigurationError, QueryTooComplexError } from '../errors.ts';

/** The limits of a request, and of the number of requests. */
export interface Limits {
  /** Fields within fields. */
  readonly depth: number;
  /** Fields at the top of an operation. */
  readonly rootFields: number;
  readonly aliases: number;
  readonly directives: number;
  /** Fields and fragments of the document's operations, each fragment counted wherever it is spread. */
  readonly selections: number;
  /** Characters of the document. */
  readonly documentLength: number;
  /** Lexical tokens of the document. It applies to lines and to comments as well. */
  readonly tokens: number;
  /** Nodes that the operation could return, with page sizes multiplied. */
  readonly cost: number;
  /** Elements of one list in the arguments, such as that of the operator `in`. */
  readonly listSize: number;
  /** Objects within objects in the arguments, such as `and`, `or` and `not` in a filter. */
  readonly filterDepth: number;
  /** Objects within objects of all arguments, which in filters are about two for each condition. */
  readonly filterSize: number;
  /** Bytes of the request's body. */
  readonly bodyBytes: number;
  /** Milliseconds until the request's body must have arrived. */
  readonly bodyTimeout: number;
  /** Milliseconds until the request must be answered. */
  readonly requestTimeout: number;
  /** Bytes of an answer. */
  readonly responseBytes: number;
  /** Requests that are being answered at the same time. */
  readonly concurrentRequests: number;
  /** Requests that wait for a scan at the same time, in addition to those that are being answered. */
  readonly waitingRequests: number;
  /** Milliseconds after which a connection is closed if its client does not read. */
  readonly writeTimeout: number;
}

/** How a limit is set, and its default. */
export interface LimitSetting {
  readonly flag: `--${string}`;
  readonly default: number;
  /** What it limits, worded to follow `the maximum` if it is a duration, or else `the maximum number of`. */
  readonly limits: string;
  /** The same after a number in a message. */
  readonly noun?: string;
  /** Whether it is a duration, in milliseconds. */
  readonly isDuration?: true;
}

/**
 * Generous for people and tools: GraphiQL's introspection query is 15 levels deep and selects 130 fields, and a list of 10,000
 * texts fits into a document as well as into the variables. Filters may have fewer conditions, because each is evaluated for
 * every row.
 */
export const limitSettings = {
  depth: {
    flag: '--max-depth',
    default: 20,
    noun: 'levels of fields',
    limits: 'levels of fields in a document',
  },
  rootFields: {
    flag: '--max-root-fields',
    default: 20,
    noun: 'fields at the top of an operation',
    limits: 'fields at the top of an operation',
  },
  aliases: { flag: '--max-aliases', default: 50, noun: 'aliases', limits: 'aliases in a document' },
  directives: {
    flag: '--max-directives',
    default: 50,
    noun: 'directives',
    limits: 'directives in a document',
  },
  selections: {
    flag: '--max-selections',
    default: 2_000,
    noun: 'fields and fragments',
    limits: 'fields and fragments in a document, each fragment counted wherever it is spread',
  },
  documentLength: {
    flag: '--max-document-length',
    default: 512 * 1024,
    noun: 'characters',
    limits: 'characters in a document',
  },
  tokens: {
    flag: '--max-tokens',
    default: 15_000,
    noun: 'tokens, lines or comments',
    limits: 'tokens, lines or comments in a document',
  },
  cost: {
    flag: '--max-cost',
    default: 50_000,
    noun: 'nodes',
    limits: 'nodes that an operation could return, with page sizes multiplied',
  },
  listSize: {
    flag: '--max-list-size',
    default: 10_000,
    noun: 'elements in a list',
    limits: 'elements in a list of the arguments',
  },
  filterDepth: {
    flag: '--max-filter-depth',
    default: 32,
    noun: 'levels of objects in an argument',
    limits: 'levels of objects in an argument, such as a filter',
  },
  filterSize: {
    flag: '--max-filter-size',
    default: 500,
    noun: 'objects within objects in its arguments',
    limits: 'objects within objects in all arguments, about two for each condition of a filter',
  },
  bodyBytes: {
    flag: '--max-body-bytes',
    default: 1024 * 1024,
    noun: 'bytes',
    limits: "bytes in a request's body",
  },
  bodyTimeout: {
    flag: '--body-timeout',
    default: 10_000,
    limits: "time for a request's headers and body to arrive",
    isDuration: true,
  },
  requestTimeout: {
    flag: '--request-timeout',
    default: 60_000,
    limits: 'time to answer a request',
    isDuration: true,
  },
  responseBytes: {
    flag: '--max-response-bytes',
    default: 16 * 1024 * 1024,
    noun: 'bytes',
    limits: 'bytes in an answer',
  },
  concurrentRequests: {
    flag: '--max-concurrent-requests',
    default: 500,
    noun: 'requests at a time',
    limits: 'requests that are answered at the same time',
  },
  waitingRequests: {
    flag: '--max-waiting-requests',
    default: 1_000,
    noun: 'requests that wait for a scan',
    limits: 'requests that wait for a scan at the same time, in addition to those',
  },
  writeTimeout: {
    flag: '--write-timeout',
    default: 30_000,
    limits: 'time in which a client reads none of its answer, before its connection is closed',
    isDuration: true,
  },
} satisfies Readonly<Record<keyof Limits, LimitSetting>>;

/** A limit that is not a duration. */
type CountLimit = Exclude<keyof Limits, 'bodyTimeout' | 'requestTimeout' | 'writeTimeout'>;

/** Whose requests may force a scan by `Cache-Control: no-cache`. For others the header is ignored. */
export const noCachePolicies = ['authenticated', 'all', 'none'] as const;
export type NoCachePolicy = (typeof noCachePolicies)[number];

/** The longest delay of timers, and far above any other limit. */
const largest = 2 ** 31 - 1;

/**
 * Completes limits with their defaults.
 *
 * @throws ConfigurationError if one is not a whole number from 1
 */
export function resolveLimits(given: { readonly [Name in keyof Limits]?: number | undefined } = {}): Limits {
  const limit = (name: keyof Limits): number => {
    const { flag, default: fallback } = limitSettings[name];
    const value = given[name] ?? fallback;
    if (!Number.isInteger(value) || value < 1 || value > largest) {
      throw new ConfigurationError(`${flag} must be a whole number from 1 to ${largest}, but got ${value}`);
    }
    return value;
  };
  return {
    depth: limit('depth'),
    rootFields: limit('rootFields'),
    aliases: limit('aliases'),
    directives: limit('directives'),
    selections: limit('selections'),
    documentLength: limit('documentLength'),
    tokens: limit('tokens'),
    cost: limit('cost'),
    listSize: limit('listSize'),
    filterDepth: limit('filterDepth'),
    filterSize: limit('filterSize'),
    bodyBytes: limit('bodyBytes'),
    bodyTimeout: limit('bodyTimeout'),
    requestTimeout: limit('requestTimeout'),
    responseBytes: limit('responseBytes'),
    concurrentRequests: limit('concurrentRequests'),
    waitingRequests: limit('waitingRequests'),
    writeTimeout: limit('writeTimeout'),
  };
}

/**
 * The error for an exceeded limit.
 *
 * @param subject what exceeds it, such as `the document`
 */
export function exceeded(limits: Limits, name: CountLimit, subject: string): QueryTooComplexError {
  const { flag, noun } = limitSettings[name];
  const maximum = limits[name];
  return new QueryTooComplexError(`${subject} must have at most ${maximum} ${noun}, but has more (${flag})`, {
    limit: flag.slice('--'.length),
    maximum,
  });
}
