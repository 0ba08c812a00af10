import { createHash } from 'node:crypto';
import { formatVersion } from '../file/preamble.ts';
import type { SnapshotOwner } from '../file/snapshot-files.ts';

/**
 * The name of an object at a place. Gateways with another snapshot format, or that read other fields, use other names, and so
 * share nothing with this one.
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
