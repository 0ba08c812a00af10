/** The gateway behind a function URL or an HTTP API of AWS Lambda (payload format 2.0). */
import type { Gateway } from 'fdw-graphql';

/** The part of the event that is needed: https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html */
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

/** @param gateway created once, outside of the handler, so that the next invocation uses its snapshot */
export function createHandler(gateway: Promise<Gateway>) {
  return async (event: HttpEvent): Promise<HttpResult> => {
    const response = await (await gateway).fetch(toRequest(event));
    return {
      statusCode: response.status,
      headers: Object.fromEntries(response.headers),
      // GraphiQL's files are compressed, so the body may be binary.
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
