/** The same scan without the gateway: what the pool, the network and the machine take by themselves. */
import { Agent, request } from 'node:http';

/** Follows the tokens of an emulated pool for at most so many pages, and returns the seconds a page. */
export async function bareSecondsPerPage(url: string, poolId: string, maxPages: number): Promise<number> {
  const agent = new Agent({ keepAlive: true });
  const began = performance.now();
  let pages = 0;
  let token: unknown;
  do {
    const page = await post(url, agent, { UserPoolId: poolId, Limit: 60, PaginationToken: token });
    token = page.PaginationToken;
    pages += 1;
  } while (token !== undefined && pages < maxPages);
  agent.destroy();
  return (performance.now() - began) / 1000 / pages;
}

/** As much of a signature as the emulator looks at. */
const headers = {
  'content-type': 'application/x-amz-json-1.1',
  'x-amz-target': 'AWSCognitoIdentityProviderService.ListUsers',
  authorization: 'AWS4-HMAC-SHA256 Credential=AKIABENCHMARK/20260101/us-east-1/cognito-idp/aws4_request',
};

function post(url: string, agent: Agent, body: object): Promise<{ PaginationToken?: unknown }> {
  return new Promise((resolve, reject) => {
    const sending = request(url, { method: 'POST', agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString())));
      response.on('error', reject);
    });
    sending.on('error', reject);
    sending.end(JSON.stringify(body));
  });
}
