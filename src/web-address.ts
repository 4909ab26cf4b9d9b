/** Judges addresses by their text alone: a name that points somewhere else tomorrow is not asked for today. */
import { BlockList, isIP } from 'node:net';

/** Whether an address is this machine's own. */
export function isLoopback(url: string | undefined): boolean {
  return url !== undefined && URL.canParse(url) && isLoopbackHost(hostOf(url));
}

/** Why people's browsers, Slack and the card processor could not reach an address; null when they can. */
export function faultOfPublicAddress(text: string): string | null {
  if (!URL.canParse(text)) return 'must be an https address, or none';
  const url = new URL(text);
  if (url.protocol === 'https:' && url.search !== '')
    return 'must be an address alone, without a password, ? or #';
  switch (judgeHttps(url)) {
    case 'plain':
      return 'must begin with https://';
    case 'odd':
      return 'must be an address alone, without a password, ? or #';
    case 'own':
      return 'is this machine’s own address; other people’s browsers cannot reach it';
    case 'short':
      return 'must be a full name, like refill.example.com';
    case 'private':
      return 'is an address of a private network, which Slack cannot reach';
    case null:
      return null;
  }
}

/** Why nothing is sent to an endpoint that somebody named; null where it is. `mayBeLocal`: in a try-out, alone with itself. */
export function faultOfEndpoint(text: string, { mayBeLocal }: { mayBeLocal: boolean }): string | null {
  if (!URL.canParse(text)) return 'must be an https address';
  if (mayBeLocal && isLoopback(text) && /^https?:/i.test(text)) return null;
  const host = hostOf(text);
  switch (judgeHttps(new URL(text))) {
    case 'plain':
      return 'must begin with https://';
    case 'odd':
      return 'must not have a password or #';
    case 'own':
      return 'is the address of this machine';
    case 'short':
      return 'must be a full name, like phones.example.com';
    case 'private':
      return 'is an address of a private network';
    case null:
      return isIP(host) === 0 || isPublicIp(host) ? null : 'is an address of a private network';
  }
}

function judgeHttps(url: URL): 'plain' | 'odd' | 'own' | 'short' | 'private' | null {
  const host = hostOf(url.href);
  if (url.protocol !== 'https:') return 'plain';
  if (url.username !== '' || url.password !== '' || url.hash !== '') return 'odd';
  if (isLoopbackHost(host)) return 'own';
  if (!host.includes('.')) return 'short';
  return isPrivateHost(host) ? 'private' : null;
}

function hostOf(url: string): string {
  return new URL(url).hostname.replace(/\.$/, '').toLowerCase();
}

function isLoopbackHost(host: string): boolean {
  return /^(localhost|.*\.localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1?\])$/.test(host);
}

const PRIVATE =
  /^(10\.\d+\.\d+\.\d+|192\.168\.\d+\.\d+|172\.(1[6-9]|2\d|3[01])\.\d+\.\d+|169\.254\.\d+\.\d+|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.\d+\.\d+|.*\.(local|internal))$/;

function isPrivateHost(host: string): boolean {
  return PRIVATE.test(host);
}

/** Ranges that are no one host of the internet: private, link-local, shared, documentation, multicast, reserved. */
const NOT_PUBLIC = new BlockList();
for (const range of [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
]) {
  const [network = '', bits] = range.split('/');
  NOT_PUBLIC.addSubnet(network, Number(bits), 'ipv4');
}
/** Of IPv6 only what is given out as global unicast is public, without what carries an IPv4 address or is for documents. */
const GLOBAL = new BlockList();
GLOBAL.addSubnet('2000::', 3, 'ipv6');
const NOT_GLOBAL = new BlockList();
for (const [network, bits] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  NOT_GLOBAL.addSubnet(network, bits, 'ipv6');

/** Whether an IP address is one of the public internet. */
export function isPublicIp(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !NOT_PUBLIC.check(address, 'ipv4');
    case 6:
      return GLOBAL.check(address, 'ipv6') && !NOT_GLOBAL.check(address, 'ipv6');
    default:
      return false;
  }
}
