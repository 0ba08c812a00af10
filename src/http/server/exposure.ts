import { BlockList, isIP } from 'node:net';
import { ConfigurationError } from '../../errors.ts';

/** Where a server listens, and whether it authenticates callers. */
export interface Exposure {
  /** Address or name to listen on. */
  readonly host: string;
  readonly verifiesTokens: boolean;
  /** Whether the operator allows access from other machines without authentication. */
  readonly allowUnauthenticated: boolean;
}

/**
 * Which `Host` headers are accepted. Without authentication only this machine's own names are, because a web page could let its
 * own name resolve to the loopback address (DNS rebinding) and then read users as its own origin.
 *
 * @throws ConfigurationError if other machines could reach a gateway that does not authenticate them
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

/** Which `Host` headers an operators' port accepts: on loopback only this machine's own names. */
export function hostsOfPrivatePort(host: string): HostFilter {
  return isLoopback(host) ? namesLoopback : () => true;
}

/** Whether a request with this `Host` header is accepted. */
export type HostFilter = (header: string | undefined) => boolean;

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

function isLoopback(host: string): boolean {
  const version = isIP(host);
  if (version === 0) return /^localhost\.?$/i.test(host);
  return loopback.check(host, version === 6 ? 'ipv6' : 'ipv4');
}

/** The last accepted header, because almost all requests have the same. */
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
