// Pages of other sites must do and learn nothing here through a visitor's browser. Scripts and supervisorctl are
// no browsers: what only browsers send is what gives an attack away.
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import type { RequestHead } from './request.ts';

/**
 * The names under which browsers may ask for a server; null: under any. A name that leads here without our doing is
 * a site whose DNS was turned to us. Where a password is needed it gains nothing.
 */
export type OwnNames = ReadonlySet<string> | null;

type Headers = Pick<RequestHead, 'headers'>;

/** Why a request is not answered, as a sentence; null when it may be. */
export function foreignness(head: Headers & Pick<RequestHead, 'method'>, names: OwnNames): string | null {
  const { headers, method } = head;
  const site = headers.get('sec-fetch-site');
  const changes = method !== 'GET' && method !== 'HEAD';
  if (changes && site !== undefined && !isOwnSite(site)) return 'Requests from other sites are refused.';
  if (site === undefined || !isOwnSite(site)) {
    const origin = headers.get('origin');
    if (origin !== undefined && !isSameHost(origin, headers.get('host')))
      return `Requests from pages of ${printable(origin)} are refused.`;
  }
  const host = hostOf(headers.get('host') ?? '');
  if (names === null || !comesFromBrowser(head) || isAlwaysOwn(host) || names.has(host)) return null;
  return (
    `This server is not known as ${printable(host)}. Ask for it by its IP address, ` +
    'or give it a username and a password in its configuration section.'
  );
}

/** That a request was not made by a page of another site: what a GET needs to change something. */
export function isProvenOwn(head: Headers): boolean {
  const { headers } = head;
  const site = headers.get('sec-fetch-site');
  if (site !== undefined) return isOwnSite(site);
  const page = headers.get('origin') ?? headers.get('referer');
  if (page !== undefined) return isSameHost(page, headers.get('host'));
  return !comesFromBrowser(head);
}

/** The names this machine gives itself, and those of `more`. */
export function ownNames(more: readonly string[]): OwnNames {
  const name = hostname().toLowerCase();
  const [short = name] = name.split('.');
  const domains = wordsOf('/etc/resolv.conf', /^(?:search|domain)\s/);
  const listed = wordsOf('/etc/hosts', /^[0-9a-fA-F.:]+\s/);
  const all = [name, ...domains.map((domain) => `${short}.${domain}`), ...listed, ...more];
  return new Set(all.map((own) => own.toLowerCase().replace(/\.$/, '')).filter((own) => own !== ''));
}

/** `none`: typed, or from a bookmark. */
function isOwnSite(site: string): boolean {
  return site === 'same-origin' || site === 'none';
}

/** Browsers cannot be made to leave all of these out; tools send none of them by themselves. */
const browserHeaders = ['origin', 'sec-fetch-site', 'sec-fetch-mode', 'referer', 'accept-language'];

function comesFromBrowser({ headers }: Headers): boolean {
  return (
    browserHeaders.some((name) => headers.has(name)) || /^mozilla\//i.test(headers.get('user-agent') ?? '')
  );
}

/** `page`: an origin or an address. Its scheme may be that of a proxy before us. */
function isSameHost(page: string, host: string | undefined): boolean {
  const url = URL.parse(page);
  return url !== null && url.host !== '' && url.host === host?.toLowerCase();
}

/** Without the port. */
function hostOf(host: string): string {
  return host
    .toLowerCase()
    .replace(/:\d*$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
}

/** Names that no DNS can turn: none, addresses, this machine itself. */
function isAlwaysOwn(host: string): boolean {
  return host === '' || isIP(host) !== 0 || host === 'localhost' || host.endsWith('.localhost');
}

/** Of the lines that begin so, the words behind the beginning. */
function wordsOf(file: string, beginning: RegExp): string[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return [];
  }
  return text
    .split('\n')
    .map((line) => line.replace(/#.*/, ''))
    .filter((line) => beginning.test(line))
    .flatMap((line) => line.replace(beginning, '').split(/\s+/).filter(Boolean));
}

function printable(text: string): string {
  return text.replace(/[^\x21-\x7e]/g, '?').slice(0, 100);
}
