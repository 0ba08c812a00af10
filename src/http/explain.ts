import type { RequestScope } from '../graphql/request-scope.ts';

/** The `extensions.scans` of an answer: what is known about the scan of each table. */
export function reportScans(scope: RequestScope) {
  return scope.scans.map(({ table, read, rowsMatched }) => ({
    table: `${table.schema}.${table.name}`,
    server: table.server,
    object: table.object,
    // The number of rows would reveal that a policy hides some.
    ...(scope.seesAll(table) && {
      rows: read.snapshot.rowCount,
      pages: read.snapshot.stats.pages,
      requests: read.snapshot.stats.requests,
      throttles: read.snapshot.stats.throttles,
      durationMs: read.snapshot.stats.durationMs,
    }),
    scannedAt: new Date(read.snapshot.startedAt).toISOString(),
    age: Math.floor(read.ageMs / 1000),
    snapshot: read.state,
    ...(rowsMatched !== undefined && { rowsMatched }),
  }));
}
