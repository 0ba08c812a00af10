import { roleViews } from '../admin/role-views.ts';
import { openCatalog } from '../catalog/open-catalog.ts';
import { checkCatalog, checkPlaintextSecrets } from '../doctor/check-catalog.ts';
import { checkDatabase } from '../doctor/check-database.ts';
import { checkSharedObjects } from '../doctor/check-shared-objects.ts';
import { checkSharing } from '../doctor/check-sharing.ts';
import { checkSnapshotFolder } from '../doctor/check-snapshot-folder.ts';
import { checkSources } from '../doctor/check-sources.ts';
import { type Examination, isHealthy, type Section } from '../doctor/examination.ts';
import { renderReport } from '../doctor/report.ts';
import { ConfigurationError } from '../errors.ts';
import { describeCatalog } from '../gateway/catalog-reading.ts';
import type { Model } from '../model/model.ts';
import { parseSnapshotKey } from '../snapshot/file/key.ts';
import type { CatalogDatabase } from '../source/kind.ts';
import type { Servers } from '../source/servers.ts';
import { catalogLocation } from './flags/catalog-location.ts';
import type { DoctorFlags } from './flags/flags.ts';
import { secretOf } from './flags/secret-file.ts';
import { sourceSettingsOf } from './flags/setting-flags.ts';

/** Checks everything that a gateway needs, and prints a checklist. Exits with 1 if something fails. */
export async function doctor(flags: DoctorFlags): Promise<void> {
  const examination = await examine(flags);
  const healthy = isHealthy(examination);
  process.stdout.write(
    flags.json ? `${JSON.stringify({ healthy, ...examination }, null, 2)}\n` : renderReport(examination),
  );
  if (!healthy) process.exitCode = 1;
}

async function examine(flags: DoctorFlags): Promise<Examination> {
  const folder = await examineFolder(flags);
  try {
    const { sections, views } = await examineCatalog(flags);
    return { sections: [...sections, ...folder], views };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const finding = { check: 'connection', status: 'fail', detail: error.message } as const;
    return { sections: [{ title: 'Catalog', findings: [finding] }, ...folder], views: [] };
  }
}

async function examineCatalog(flags: DoctorFlags): Promise<Examination> {
  const catalog = await openCatalog(await catalogLocation(flags));
  try {
    const database = catalog.database
      ? await checkDatabase(catalog.database, new AbortController().signal)
      : [];
    const { definition, servers, model } = await describeCatalog(catalog, {
      schemas: flags.schemas,
      sources: flags.sources,
      ...sourceSettingsOf(flags),
    });
    return {
      sections: [
        {
          title: 'Catalog',
          findings: [
            ...database,
            ...checkCatalog(definition, model),
            ...checkPlaintextSecrets(definition.servers),
          ],
        },
        ...(await checkSources(definition, servers, model)),
        ...(await examineSharing(flags, catalog.database, servers, model)),
      ],
      views: model.tables.map((table) => ({
        table: `${table.schema}.${table.name}`,
        columns: table.columns.length,
        roles: roleViews(table, definition.roles),
      })),
    };
  } finally {
    await catalog.close();
  }
}

async function examineSharing(
  flags: DoctorFlags,
  database: CatalogDatabase | undefined,
  servers: Servers,
  model: Model,
): Promise<readonly Section[]> {
  if (!flags.share) return [];
  const title = 'Sharing (--share)';
  if (!database) {
    const detail =
      'gateways share their scans through a Postgres that all of them can reach, which --catalog is not';
    return [{ title, findings: [{ check: 'place', status: 'fail', detail, fix: 'give --database-url' }] }];
  }
  const secret = await secretOf('--snapshot-key', flags.snapshotKey, flags.snapshotKeyFile);
  const key = secret === undefined ? undefined : parseSnapshotKey(secret);
  const session = await database.openSession(new AbortController().signal);
  try {
    const intended = { logged: flags.shareLogged, pollMs: flags.sharePoll };
    const { findings, isReadable } = await checkSharing(session, intended);
    const objects = isReadable ? await checkSharedObjects(session, servers, model, key) : [];
    return [{ title, findings: [...findings, ...objects] }];
  } finally {
    await session.end();
  }
}

async function examineFolder({
  snapshotDir,
  snapshotKey,
  snapshotKeyFile,
}: DoctorFlags): Promise<readonly Section[]> {
  if (snapshotDir === undefined) return [];
  const findings = await checkSnapshotFolder(snapshotDir, (snapshotKey ?? snapshotKeyFile) !== undefined);
  return [{ title: 'Snapshot folder', findings }];
}
