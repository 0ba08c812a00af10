import type { RequestScope } from '../graphql/request-scope.ts';

/** What an answer's `extensions.scans` says of each table that it rests on. */
export function reportScans(scope: RequestScope) {
  return scope.scans.map(({ table, read, rowsMatched }) => ({
    table: `${table.schema}.${table.name}`,
    server: table.server,
    object: table.object,
    // How large the pool is tells of the rows that a policy hides.
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
