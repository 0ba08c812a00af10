import { createHash } from 'node:crypto';
import { formatVersion } from '../file/preamble.ts';
import type { SnapshotOwner } from '../file/snapshot-files.ts';

/**
 * What a place knows an object by. Gateways that keep snapshots in another format, or read other fields, share nothing
 * with this one.
 */
export function sharedObjectName({
  server,
  object,
  origin,
  fields,
}: Pick<SnapshotOwner, 'server' | 'object' | 'origin' | 'fields'>): string {
  const columns = fields.map(({ name, type }) => [name, type]);
  const identity = [formatVersion, server, object, origin ?? null, columns];
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 32);
}
