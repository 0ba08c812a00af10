import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, preview } from 'vite';

/** The example frontend, built and served as it would be to users. */
export interface Frontend {
  readonly url: string;
  close(): Promise<void>;
}

const root = fileURLToPath(new URL('../../examples/frontend', import.meta.url));

/** Builds the frontend and serves it in front of a gateway. */
export async function startFrontend(gatewayUrl: string): Promise<Frontend> {
  const outDir = await mkdtemp(join(tmpdir(), 'frontend-'));
  await build({ root, logLevel: 'warn', build: { outDir, emptyOutDir: true } });
  const server = await preview({
    root,
    build: { outDir },
    preview: { host: '127.0.0.1', port: 0, proxy: { '/graphql': new URL(gatewayUrl).origin } },
  });
  const [url] = server.resolvedUrls?.local ?? [];
  if (url === undefined) throw new Error('the preview server must listen, but has no address');
  return {
    url,
    async close() {
      await server.close();
      await rm(outDir, { recursive: true });
    },
  };
}
