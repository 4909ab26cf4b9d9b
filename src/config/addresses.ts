/** Judges addresses by their text alone: a name that points somewhere else tomorrow is not asked for today. */

/** Whether an address is this machine's own. */
export function isLoopback(url: string | undefined): boolean {
  return url !== undefined && URL.canParse(url) && isLoopbackHost(hostOf(url));
}

/** Why people's browsers, Slack and the card processor could not reach an address; null when they can. */
export function faultOfPublicAddress(text: string): string | null {
  if (!URL.canParse(text)) return 'must be an https address, or none';
  const url = new URL(text);
  const host = hostOf(text);
  if (url.protocol !== 'https:') return 'must begin with https://';
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    return 'must be an address alone, without a password, ? or #';
  if (isLoopbackHost(host)) return 'is this machine’s own address; other people’s browsers cannot reach it';
  if (!host.includes('.')) return 'must be a full name, like refill.example.com';
  if (isPrivateHost(host)) return 'is an address of a private network, which Slack cannot reach';
  return null;
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
