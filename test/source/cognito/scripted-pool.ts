import { createServer } from 'node:http';
import { onTestFinished } from 'vitest';

/** An answer of a server that is no emulator of anything. */
export interface ScriptedAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is where it is text, else as JSON. */
  readonly body: unknown;
}

/** What a scripted server was asked. */
export interface ScriptedRequest {
  readonly operation: string;
  readonly body: Record<string, unknown>;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** A pool that answers as the test says; closed when the test is over. */
export async function startScriptedPool(
  answer: (request: ScriptedRequest) => ScriptedAnswer | Promise<ScriptedAnswer>,
): Promise<{ readonly url: string; readonly requests: readonly ScriptedRequest[] }> {
  const requests: ScriptedRequest[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const asked = {
      operation: String(request.headers['x-amz-target']).split('.').at(-1) ?? '',
      body: JSON.parse(Buffer.concat(chunks).toString()),
      headers: request.headers,
    };
    requests.push(asked);
    const { status = 200, headers = {}, body } = await answer(asked);
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server must listen on a port');
  return { url: `http://127.0.0.1:${address.port}`, requests };
}
