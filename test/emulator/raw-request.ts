import { type ClientRequest, type IncomingMessage, request } from 'node:http';

/** A request below the SDK, for what the SDK would never send or never show. */
export interface RawRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** The headers of a `ListUsers` that some key has signed. */
export const signedHeaders = {
  'Content-Type': 'application/x-amz-json-1.1',
  'X-Amz-Target': 'AWSCognitoIdentityProviderService.ListUsers',
  Authorization:
    'AWS4-HMAC-SHA256 Credential=AKIARAW/20260101/us-east-1/cognito-idp/aws4_request, SignedHeaders=host, Signature=0',
} as const;

/** Sends a request and resolves as soon as the headers of its answer are there. */
export function openRaw(url: string, { method = 'POST', headers = signedHeaders, body = '' }: RawRequest) {
  return new Promise<{ readonly request: ClientRequest; readonly response: IncomingMessage }>(
    (resolve, reject) => {
      const outgoing = request(url, { method, headers, agent: false }, (response) =>
        resolve({ request: outgoing, response }),
      );
      outgoing.once('error', reject);
      outgoing.end(body);
    },
  );
}

/** Sends a request and reads its answer, which must be a JSON object. */
export async function sendRaw(url: string, options: RawRequest) {
  const { response } = await openRaw(url, options);
  const chunks: string[] = [];
  for await (const chunk of response.setEncoding('utf8')) chunks.push(String(chunk));
  const parsed: unknown = JSON.parse(chunks.join(''));
  return { status: response.statusCode, headers: response.headers, body: parsed };
}
