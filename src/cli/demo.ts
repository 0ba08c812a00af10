import { readFile } from 'node:fs/promises';
import { startEmulator } from '../emulator/emulator.ts';
import { demoUsers } from '../emulator/population.ts';
import { UsageError } from '../errors.ts';
import type { Observe } from '../observation.ts';
import { type DemoCaller, demoCallers, demoSecret, signToken } from './demo/callers.ts';
import { type Invitation, printInvitation } from './demo/invitation.ts';
import { ordersCsv, ordersFile } from './demo/orders.ts';
import type { DemoFlags } from './flags/flags.ts';
import { createLogSink } from './log-sink.ts';
import { gatewayOptions, logOptions, serveUntilStopped } from './serve.ts';

/** The foreign tables of the demo: the users of a pool, and their orders. These files are published with the package. */
const tables = ['catalog.sql', 'orders.sql'];
/** The roles and policies of `--auth`. */
const roles = ['roles.sql', 'orders-roles.sql'];

/** The pool that the catalog's server names. */
const poolId = 'us-east-1_Demo12345';

/** Serves an embedded catalog over an emulated user pool and a file of orders until SIGINT or SIGTERM. */
export async function demo(given: DemoFlags): Promise<void> {
  const flags = given.auth ? withAuthentication(given) : given;
  const log = createLogSink(logOptions(flags));
  const users = demoUsers(flags.users, { until: Date.now() });
  const callers = flags.auth ? await withTokens(demoCallers(users)) : [];
  const observe: Observe = (observation) => {
    log(observation);
    if (observation.event === 'listening')
      printInvitation({ url: observation.url, callers }, flags.logFormat);
  };
  const emulator = await startEmulator({ pools: new Map([[poolId, users]]) });
  try {
    const scripts = [...tables, ...(flags.auth ? roles : [])].map(readSchemaFile);
    const catalog = {
      sql: (await Promise.all(scripts)).join('\n'),
      data: new Map([[ordersFile, Buffer.from(ordersCsv(users))]]),
      serverOptions: new Map([
        ['endpoint_url', emulator.url],
        ['aws_access_key_id', 'demo'],
        ['aws_secret_access_key', 'demo'],
      ]),
    };
    await serveUntilStopped({ ...(await gatewayOptions(flags)), catalog }, flags, observe);
  } finally {
    await emulator.close();
  }
}

function readSchemaFile(name: string): Promise<string> {
  return readFile(new URL(`../../schema/${name}`, import.meta.url), 'utf8');
}

/**
 * With `--auth`, tokens are signed with the demo's own secret, and callers without a token have the role `anon`.
 *
 * @throws UsageError if a flag configures the verification of other tokens
 */
function withAuthentication(flags: DemoFlags): DemoFlags {
  const verification = {
    '--jwt-secret': flags.jwtSecret,
    '--jwt-secret-file': flags.jwtSecretFile,
    '--jwks-url': flags.jwksUrl,
    '--jwt-audience': flags.jwtAudience,
    '--jwt-issuer': flags.jwtIssuer,
    '--jwt-role-claim': flags.jwtRoleClaim,
  };
  for (const [flag, value] of Object.entries(verification)) {
    if (value !== undefined) {
      throw new UsageError(`demo --auth signs its own tokens: it cannot be combined with ${flag}`);
    }
  }
  return { ...flags, jwtSecret: demoSecret, anonRole: flags.anonRole ?? 'anon' };
}

/** The callers to try, with their tokens. */
function withTokens(callers: readonly DemoCaller[]): Promise<Invitation['callers']> {
  return Promise.all(callers.map(async (caller) => ({ ...caller, token: await signToken(caller) })));
}
