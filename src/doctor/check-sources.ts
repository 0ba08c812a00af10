import { ScanError } from '../errors.ts';
import type { CatalogDefinition } from '../model/definition.ts';
import { type Model, objectsOf } from '../model/model.ts';
import type { Finding } from '../source/finding.ts';
import type { Servers } from '../source/servers.ts';
import type { Source } from '../source/source.ts';
import { counted } from '../wording.ts';
import type { Section } from './examination.ts';

/** Milliseconds that a source without a diagnosis of its own has for its first rows. */
const firstRowsMs = 15_000;

/** Each server: whether its definition and secret are usable, and whether what it stands for answers. */
export async function checkSources(
  { servers: definitions }: CatalogDefinition,
  servers: Servers,
  model: Model,
): Promise<readonly Section[]> {
  const objects = objectsOf(model.tables);
  return Promise.all(
    definitions.map(async ({ name }) => {
      const dialect = servers.dialectOf(name);
      if (!dialect.ok) {
        const { reason, hint } = dialect.error;
        return {
          title: `Server ${name}`,
          findings: [{ check: 'definition', status: 'fail', detail: reason, fix: hint }] satisfies Finding[],
        };
      }
      const usable: Finding = {
        check: 'definition',
        status: 'ok',
        detail: 'complete, and its secrets can be read',
      };
      const answers = await Promise.all(
        objects.filter(({ server }) => server === name).map((object) => examine(servers.connect(object))),
      );
      return { title: `Server ${name}`, findings: [usable, ...answers.flat()] };
    }),
  );
}

async function examine(source: Source): Promise<readonly Finding[]> {
  try {
    return source.diagnose ? await source.diagnose(new AbortController().signal) : [await firstRows(source)];
  } finally {
    source.close();
  }
}

async function firstRows(source: Source): Promise<Finding> {
  const check = 'first rows';
  const began = performance.now();
  try {
    for await (const page of source.scan(AbortSignal.timeout(firstRowsMs), () => {})) {
      const ms = Math.round(performance.now() - began);
      return { check, status: 'ok', detail: `${counted(page.length, 'row')} in ${ms} ms` };
    }
    return { check, status: 'ok', detail: 'the table is empty' };
  } catch (error) {
    const detail =
      error instanceof ScanError
        ? `${error.code}: ${error.detail}`
        : `none arrived within ${firstRowsMs / 1000} s`;
    return { check, status: 'fail', detail };
  }
}
