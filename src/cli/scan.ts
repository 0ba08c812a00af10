import { MultiBar, type SingleBar } from 'cli-progress';
import { openCatalog } from '../catalog/open-catalog.ts';
import { ConfigurationError, ScanError } from '../errors.ts';
import { describeCatalog } from '../gateway/catalog-reading.ts';
import { objectsOf } from '../model/model.ts';
import type { ScanProgress, Source } from '../source/source.ts';
import { counted } from '../wording.ts';
import { catalogLocation } from './flags/catalog-location.ts';
import type { ScanFlags } from './flags/flags.ts';
import { sourceSettingsOf } from './flags/setting-flags.ts';

/** The result of one scan. */
interface ScanSummary extends ScanProgress {
  readonly server: string;
  readonly object: string;
  readonly seconds: number;
}

/** Reports the progress of a scan. */
interface ProgressDisplay {
  update(progress: ScanProgress, seconds: number): void;
  finish(): void;
}

/** Milliseconds between two lines about one scan, if there is no terminal. */
const lineEveryMs = 1_000;

/** Scans every foreign object of the catalog once, in full, and prints what it took. */
export async function scan(flags: ScanFlags): Promise<void> {
  const catalog = await openCatalog(await catalogLocation(flags));
  try {
    const { model, servers } = await describeCatalog(catalog, {
      schemas: flags.schemas,
      sources: flags.sources,
      ...sourceSettingsOf(flags),
    });
    const objects = objectsOf(model.tables);
    if (objects.length === 0) {
      throw new ConfigurationError('no foreign table can be scanned: `fdw-graphql inspect` says why');
    }
    for (const foreignObject of objects) {
      const { server, object } = foreignObject;
      const name = `${server}.${object}`;
      const source = servers.connect(foreignObject);
      try {
        const summary = { server, object, ...(await scanOnce(name, source, flags)) };
        process.stdout.write(flags.json ? `${JSON.stringify(summary)}\n` : `${describe(summary)}\n`);
      } catch (error) {
        // The failure of one pool does not affect the other scans.
        if (!(error instanceof ScanError)) throw error;
        process.stderr.write(`fdw-graphql: ${name}: ${error.detail}\n`);
        process.exitCode = 1;
      } finally {
        source.close();
      }
    }
  } finally {
    await catalog.close();
  }
}

async function scanOnce(
  name: string,
  source: Source,
  flags: ScanFlags,
): Promise<ScanProgress & { seconds: number }> {
  const abort = new AbortController();
  const stop = () => abort.abort(new ConfigurationError(`the scan of ${name} was interrupted`));
  process.once('SIGINT', stop);
  const display = process.stderr.isTTY && !flags.json ? progressBar(name) : progressLines(name);
  const startedAt = performance.now();
  const seconds = () => (performance.now() - startedAt) / 1000;
  let last: ScanProgress = { rows: 0, pages: 0, requests: 0, throttles: 0, estimatedRows: undefined };
  try {
    const pages = source.scan(abort.signal, (progress) => {
      last = progress;
      display.update(progress, seconds());
    });
    // The rows themselves are not kept: only the scan is of interest.
    for await (const _page of pages);
    return { ...last, seconds: Math.round(seconds() * 1000) / 1000 };
  } finally {
    display.finish();
    process.off('SIGINT', stop);
  }
}

function progressBar(name: string): ProgressDisplay {
  const bars = new MultiBar({
    stream: process.stderr,
    format: `${name} {bar} {percentage}% | {value} of {total} rows | {rate} rows/s | {throttles} throttles | ETA {eta_formatted}`,
    hideCursor: true,
    clearOnComplete: true,
  });
  let bar: SingleBar | undefined;
  return {
    update({ rows, throttles, estimatedRows }, seconds) {
      const facts = { rate: Math.round(rows / seconds), throttles };
      bar ??= bars.create(estimatedRows ?? rows, rows, facts);
      // An estimate may be too low.
      bar.setTotal(Math.max(estimatedRows ?? 0, rows));
      bar.update(rows, facts);
    },
    finish: () => bars.stop(),
  };
}

function progressLines(name: string): ProgressDisplay {
  let writtenAt = 0;
  return {
    update(progress, seconds) {
      if (performance.now() - writtenAt < lineEveryMs) return;
      writtenAt = performance.now();
      process.stderr.write(
        `${JSON.stringify({ scanning: name, ...progress, seconds: Math.round(seconds) })}\n`,
      );
    },
    finish: () => {},
  };
}

function describe({ server, object, rows, pages, requests, throttles, seconds }: ScanSummary): string {
  return `${server}.${object}: ${counted(rows, 'row')} in ${counted(pages, 'page')}, ${counted(requests, 'request')}, ${counted(throttles, 'throttle')}, ${seconds} s`;
}
