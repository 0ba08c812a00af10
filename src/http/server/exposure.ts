import { BlockList, isIP } from 'node:net';
import { ConfigurationError } from '../../errors.ts';

/** Where a server listens, and what protects it there. */
export interface Exposure {
  /** Address or name to listen on. */
  readonly host: string;
  readonly verifiesTokens: boolean;
  /** Whoever runs the gateway has said that it may be open to others without authentication. */
  readonly allowUnauthenticated: boolean;
}

/**
 * Which `Host` headers are answered. Without authentication that is this machine's own names alone: a web page
 * can point a name of its own at the loopback address (DNS rebinding) and would then read users as its own origin.
 *
 * @throws ConfigurationError where others could reach a gateway that does not authenticate them
 */
export function acceptedHosts({ host, verifiesTokens, allowUnauthenticated }: Exposure): HostFilter {
  if (verifiesTokens || allowUnauthenticated) return () => true;
  if (!isLoopback(host)) {
    throw new ConfigurationError(
      `--host must be a loopback address unless --jwt-secret, --jwks-url or --allow-unauthenticated is given, but got ${JSON.stringify(host)}`,
    );
  }
  return namesLoopback;
}

/** Which `Host` headers a port for operators answers: on loopback, this machine's own names alone. */
export function hostsOfPrivatePort(host: string): HostFilter {
  return isLoopback(host) ? namesLoopback : () => true;
}

/** Whether a request with this `Host` header is answered. */
export type HostFilter = (header: string | undefined) => boolean;

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

function isLoopback(host: string): boolean {
  const version = isIP(host);
  if (version === 0) return /^localhost\.?$/i.test(host);
  return loopback.check(host, version === 6 ? 'ipv6' : 'ipv4');
}

/** The header that was accepted last: nearly all requests have the same. */
let lastAccepted: string | undefined;

function namesLoopback(header: string | undefined): boolean {
  if (header !== undefined && header === lastAccepted) return true;
  const isAccepted = isLoopbackHeader(header);
  if (isAccepted) lastAccepted = header;
  return isAccepted;
}

function isLoopbackHeader(header: string | undefined): boolean {
  const [, name, ipv6] = /^(?:([^:[\]]+)|\[([\da-f:.]+)\])(?::\d+)?$/i.exec(header ?? '') ?? [];
  const host = name ?? ipv6;
  return host !== undefined && (isLoopback(host) || /\.localhost\.?$/i.test(host));
}
