import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { TLSSocket } from 'node:tls';

/** The proxies whose word is taken for whom they speak for. */
export interface Proxies {
  /** Whether there are any. */
  readonly any: boolean;
  trusts(address: string): boolean;
}

export const noProxies: Proxies = { any: false, trusts: () => false };

/**
 * Reads a list of addresses (`10.0.0.7`), networks (`10.0.0.0/8`) and `loopback`.
 * @throws Error that goes on after the setting's name
 */
export function trustedProxies(list: readonly string[]): Proxies {
  const trusted = new BlockList();
  for (const entry of list) addTo(trusted, entry);
  return {
    any: list.length > 0,
    trusts: (address) => {
      const plain = plainAddress(address);
      return plain !== undefined && trusted.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4');
    },
  };
}

function addTo(trusted: BlockList, entry: string): void {
  if (entry === 'loopback') {
    trusted.addSubnet('127.0.0.0', 8, 'ipv4');
    trusted.addAddress('::1', 'ipv6');
    return;
  }
  const [, address = '', prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(entry) ?? [];
  const version = isIP(address);
  const bits = version === 6 ? 128 : 32;
  if (version === 0 || Number(prefix ?? bits) > bits) {
    throw new Error(`must be addresses, networks (10.0.0.0/8) or loopback, separated by commas; ${entry} is none`);
  }
  trusted.addSubnet(address, Number(prefix ?? bits), version === 6 ? 'ipv6' : 'ipv4');
}

/** Whom a request comes from: the peer, or whom the trusted proxies in front of it have written down. */
export function addressOf({ socket, headers }: IncomingMessage, proxies: Proxies): string {
  let nearest = plainAddress(socket.remoteAddress) ?? '';
  const chain = headers['x-forwarded-for'];
  if (chain === undefined || !proxies.any) return nearest;
  const hops = String(chain).split(',');
  // Each proxy adds whom it was called by at the end; what stands before the first untrusted one is hearsay.
  while (proxies.trusts(nearest)) {
    const next = plainAddress(hops.pop()?.trim());
    if (next === undefined) break;
    nearest = next;
  }
  return nearest;
}

/** Where the caller has reached this server, as `https://users.example.com`. */
export function originOf(request: IncomingMessage, proxies: Proxies): string {
  const { socket, headers } = request;
  const believed = proxies.any && proxies.trusts(socket.remoteAddress ?? '');
  const protocol = believed ? lastOf(headers['x-forwarded-proto']) : undefined;
  const host =
    (believed ? lastOf(headers['x-forwarded-host']) : undefined) ?? headers.host ?? lastOf(headers[':authority']) ?? '';
  const scheme = protocol === 'http' || protocol === 'https' ? protocol : schemeOf(request);
  return `${scheme}://${isHost(host) ? host : localHostOf(request)}`;
}

function schemeOf({ socket }: IncomingMessage): 'http' | 'https' {
  return socket instanceof TLSSocket ? 'https' : 'http';
}

function localHostOf({ socket: { localAddress = '127.0.0.1', localPort = 0 } }: IncomingMessage): string {
  const address = plainAddress(localAddress) ?? localAddress;
  return `${isIP(address) === 6 ? `[${address}]` : address}:${localPort}`;
}

function isHost(text: string): boolean {
  return /^(?:[a-z0-9._-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/i.test(text);
}

function lastOf(header: string | string[] | undefined): string | undefined {
  return header === undefined ? undefined : String(header).split(',').at(-1)?.trim();
}

/**
 * An address without what some add to it: a port, brackets, a zone, the IPv6 form of an IPv4 address. Undefined for what
 * is none.
 */
export function plainAddress(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const bare = /^\[(.+)\](?::\d+)?$/.exec(text)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(text)?.[1] ?? text;
  const plain = bare.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  return isIP(plain) === 0 ? undefined : plain;
}
