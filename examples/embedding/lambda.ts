/** The gateway behind a function URL or an HTTP API of AWS Lambda (payload format 2.0). */
import type { Gateway } from 'fdw-graphql';

/** As much of the event as is needed: https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html */
export interface HttpEvent {
  readonly rawPath: string;
  readonly rawQueryString: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly isBase64Encoded: boolean;
  readonly requestContext: { readonly domainName: string; readonly http: { readonly method: string } };
}

export interface HttpResult {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

/** @param gateway made once, outside of the handler, so that the next invocation finds its snapshot */
export function createHandler(gateway: Promise<Gateway>) {
  return async (event: HttpEvent): Promise<HttpResult> => {
    const response = await (await gateway).fetch(toRequest(event));
    return {
      statusCode: response.status,
      headers: Object.fromEntries(response.headers),
      // GraphiQL's parts come compressed.
      body: Buffer.from(await response.arrayBuffer()).toString('base64'),
      isBase64Encoded: true,
    };
  };
}

function toRequest({ rawPath, rawQueryString, headers, body, isBase64Encoded, requestContext }: HttpEvent) {
  const { domainName, http } = requestContext;
  return new Request(`https://${domainName}${rawPath}?${rawQueryString}`, {
    method: http.method,
    headers,
    ...(body !== undefined && { body: isBase64Encoded ? Buffer.from(body, 'base64') : body }),
  });
}
