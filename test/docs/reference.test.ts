import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { levels } from '../../src/cli/log-sink.ts';
import type { ErrorCode } from '../../src/errors.ts';
import type { Observation } from '../../src/observation.ts';

/** What each code means, in one line. The type makes sure that none is missing. */
const codes: Readonly<Record<ErrorCode, string>> = {
  BAD_REQUEST: 'The request is not one of GraphQL over HTTP.',
  GRAPHQL_PARSE_FAILED: 'The document is not GraphQL.',
  GRAPHQL_VALIDATION_FAILED: "The document asks for something that the caller's schema does not have.",
  BAD_USER_INPUT: 'An argument or a variable has an invalid value; `argument` names it.',
  UNAUTHENTICATED: 'The token is missing or invalid.',
  QUERY_TOO_COMPLEX: 'The request exceeds a limit; `limit` and `maximum` say which.',
  REQUEST_TIMEOUT: 'The request was not answered, or did not arrive, in time.',
  OVERLOADED: 'There are too many requests; `Retry-After` says when to retry.',
  NOT_READY: 'The gateway has not read its catalog yet; `Retry-After` says when to retry.',
  PERSISTED_QUERY_NOT_FOUND: 'No document with this hash is known.',
  PERSISTED_QUERY_NOT_SUPPORTED: 'Clients cannot register documents.',
  PERSISTED_QUERY_NOT_IN_LIST: 'The id is not among the trusted documents.',
  PERSISTED_QUERY_ID_REQUIRED: 'Only trusted documents are executed, and the request has no id.',
  PERSISTED_QUERY_ONLY: 'Only trusted documents are executed, and the request has a document of its own.',
  SCAN_IN_PROGRESS: 'There is no snapshot yet; `progress` says how far the scan is.',
  SCAN_THROTTLED: 'The service throttled the scan for too long.',
  SCAN_DENIED: 'The service rejected the credentials, or they do not permit the scan.',
  SCAN_NOT_FOUND: 'The service does not know the object of the scan.',
  SCAN_UNAVAILABLE: 'The service could not be reached, or failed.',
  SCAN_INVALID_RESPONSE: 'The service gave an invalid response.',
  ROW_VALUE_INVALID: "A row contains a text that is not a valid value of the column's type.",
  INTERNAL_SERVER_ERROR: 'Something failed unexpectedly; the log has the details under the `errorId`.',
  CONFIGURATION: 'A command cannot run with its configuration (exit code 1).',
  USAGE: "A command's flags are wrong or contradict each other (exit code 2).",
};

/** What each event means, in one line. */
const events: Readonly<Record<Observation['event'], string>> = {
  'port-open': 'The port is open: health checks are answered, and GraphQL will be at `url`.',
  listening: 'GraphQL is served at `url`.',
  'admin-listening': 'The admin port is open at `url`.',
  request:
    'A request to GraphQL was answered: `requestId`, `role`, `operationName`, `status`, `codes`, `durationMs`, `rowsMatched`, `interpreted` (why it was not answered by compiled code), `snapshots`. At `warn` if it failed, or took as long as `--slow-query-ms`.',
  refused: 'A request was rejected before it was parsed: `status`, `code`.',
  stopping: 'The process was told to stop, or does not wait any longer: `reason`.',
  model: 'The catalog was read: the number of `tables` and `problems`.',
  'reload-failed': 'The catalog could not be read again; the last one read is in effect.',
  'catalog-unavailable': 'The catalog cannot be read yet, and the start waits for it.',
  'statements-skipped': "Statements of the catalog's file were skipped; `inspect` lists them.",
  problem: 'Something in the catalog is ignored or not exposed: `object`, `reason`, `hint`.',
  'scan-progress':
    'A scan is running: `rows`, `pages`, `requests`, `throttles`, `estimatedRows`. Every five seconds.',
  'scan-finished': 'A scan has ended: the same, and `durationMs`.',
  'scan-failed': 'A scan has failed: the same, and `code`, `errorId`.',
  worker: 'A process of `--workers` has ended: `pid`.',
  'snapshot-published': 'A snapshot was published for other gateways: `sequence`, `bytes`.',
  'snapshot-loaded': "Another gateway's snapshot was loaded: `sequence`, `bytes`, `durationMs`.",
  sharing: 'Scans cannot be shared, or can be shared again.',
  'snapshot-file': 'A snapshot could not be saved or restored.',
  'keys-skipped': 'Some keys at `url` cannot be used to verify tokens.',
  'keys-unavailable': 'The keys at `url` could not be fetched; cached ones are still used.',
  'compiled-failed':
    'The compiled code of `operationName` failed, and the interpreter answered instead: a bug, with its `stack`.',
  'internal-error': 'Something failed unexpectedly: `errorId`, `stack`.',
};

const generated = 'This file is written by its test: `npx vitest run test/docs -u`.';

test('the reference lists every error code', async () => {
  await expect(`# Error codes

Every error has a code: in an answer's \`errors[].extensions.code\`, in the log, or as the reason why a command
failed. Codes are never renamed. [../troubleshooting.md](../troubleshooting.md) says what to do about each. ${generated}

| code | what it means |
|---|---|
${Object.entries(codes)
  .map(([code, meaning]) => `| [\`${code}\`](../troubleshooting.md#${code.toLowerCase()}) | ${meaning} |`)
  .join('\n')}
`).toMatchFileSnapshot('../../docs/reference/error-codes.md');
});

test('the troubleshooting guide has every error code', async () => {
  const help = await readFile(new URL('../../docs/troubleshooting.md', import.meta.url), 'utf8');
  for (const code of Object.keys(codes)) expect(help).toContain(`\n### ${code}\n`);
});

test('the reference lists every event of the log', async () => {
  await expect(`# Log events

Each line of the log is a JSON object (\`--log-format json\`) with \`level\`, \`time\`, \`event\`, \`message\` and the properties
of the event. No line contains variables, tokens, secrets or users' data. ${generated}

| event | level | what it means |
|---|---|---|
${Object.entries(events)
  .map(([event, meaning]) => `| \`${event}\` | ${Reflect.get(levels, event)} | ${meaning} |`)
  .join('\n')}
`).toMatchFileSnapshot('../../docs/reference/log-events.md');
});
