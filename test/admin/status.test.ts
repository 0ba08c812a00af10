import { expect, test } from 'vitest';
import { History } from '../../src/admin/history.ts';
import { describeStatus, requestsStatus } from '../../src/admin/status.ts';
import { newRuns } from '../../src/http/runs.ts';

const now = 1_700_000_000_000;
const sharing = {
  holder: undefined,
  epoch: undefined,
  holds: false,
  sequence: 3,
  bytesPublished: 0,
  bytesLoaded: 0,
  reachable: true,
};

test.each([
  ['nothing is published', undefined, 100, { publishedAgeSeconds: undefined, lagSeconds: undefined }],
  [
    'what is published is served',
    { sequence: 3, isLoaded: true },
    20,
    { publishedAgeSeconds: 20, lagSeconds: 0 },
  ],
  [
    'an older one is served',
    { sequence: 4, isLoaded: false },
    100,
    { publishedAgeSeconds: 20, lagSeconds: 80 },
  ],
  [
    'a newer one of its own is served',
    { sequence: 4, isLoaded: false },
    5,
    { publishedAgeSeconds: 20, lagSeconds: 0 },
  ],
  [
    'nothing is served',
    { sequence: 4, isLoaded: false },
    undefined,
    { publishedAgeSeconds: 20, lagSeconds: 20 },
  ],
])('how far an object is behind where %s', (_, published, servedAge, expected) => {
  const { objects } = describeStatus({
    version: '1',
    startedAt: now,
    now,
    model: { tables: [], problems: [], introspection: undefined },
    stores: [
      {
        server: 'pool',
        object: 'users',
        snapshot:
          servedAge === undefined
            ? undefined
            : { rows: 1, bytes: 1, scannedAt: now - 1000 * servedAge, scanDurationMs: 1, freshness: 'fresh' },
        scan: undefined,
        nextScanAt: undefined,
        sharing: { ...sharing, published: published && { ...published, scannedAt: now - 20_000 } },
      },
    ],
    history: new History(),
    requests: requestsStatus(0, newRuns()),
    remembered: {},
    reloadFailure: undefined,
    scanRequestsPerSecond: 25,
    scanConnections: { limit: 4, taken: 0, waiting: 0 },
    roles: [],
    warm: false,
    draining: false,
  });
  expect(objects[0]?.sharing).toMatchObject(expected);
});
