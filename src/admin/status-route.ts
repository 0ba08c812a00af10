import type { Authenticator } from '../auth/authenticator.ts';
import type { ErrorWriter } from '../http/error-writer.ts';
import { HttpError } from '../http/http-error.ts';
import { type HttpReply, type HttpRequest, headerOf } from '../http/message.ts';
import { statusPageReply } from './admin-routes.ts';
import type { GatewayStatus } from './status.ts';

/** The dependencies of `/status` on the main port. */
export interface StatusRouteOptions {
  readonly authenticator: Pick<Authenticator, 'authenticate'>;
  /** The roles that may see it. */
  readonly adminRoles: readonly string[];
  readonly status: () => GatewayStatus;
  readonly errors: ErrorWriter;
}

/** The status on the main port, only for some roles: a page for browsers, JSON for programs. Never rejects. */
export function createStatusRoute({ authenticator, adminRoles, status, errors }: StatusRouteOptions) {
  async function answer(request: HttpRequest): Promise<HttpReply> {
    if (request.method !== 'GET') {
      throw new HttpError(405, 'BAD_REQUEST', 'the status must be requested by GET', { allow: 'GET' });
    }
    const { role } = await authenticator.authenticate(headerOf(request, 'authorization') ?? null);
    if (!adminRoles.includes(role)) {
      throw new HttpError(
        403,
        'BAD_REQUEST',
        'the role of the request may not see the status (--admin-roles)',
      );
    }
    if (/\btext\/html\b/.test(headerOf(request, 'accept') ?? '')) {
      return statusPageReply(status(), { refresh: false, reload: false });
    }
    return {
      status: 200,
      headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
      body: `${JSON.stringify(status())}\n`,
    };
  }
  return (request: HttpRequest): Promise<HttpReply> =>
    answer(request).catch((error: unknown) => errors.reply(error));
}
