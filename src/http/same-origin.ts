// Pages of other sites must do and learn nothing here through a visitor's browser. Scripts and supervisorctl are
// no browsers: what only browsers send is what gives an attack away.
import { isIP } from 'node:net';
import type { RequestHead } from './request.ts';

/** Which names a server goes by. */
export interface SiteNames {
  /**
   * Names under which browsers may ask, beside those that are this machine's in any case; null: any. A name that leads
   * here without our doing is a site whose DNS was turned to us. Where a password is needed it gains nothing.
   */
  readonly asked: ReadonlySet<string> | null;
  /** Hosts of pages that are ours though their requests name another: a proxy stands between. */
  readonly pages: ReadonlySet<string>;
}

type Headers = Pick<RequestHead, 'headers'>;

/** Why a request is not answered, as a sentence; null when it may be. */
export function foreignness(head: Headers & Pick<RequestHead, 'method'>, names: SiteNames): string | null {
  const { headers, method } = head;
  // The answer to anything else no browser lets them read.
  const changes = method !== 'GET' && method !== 'HEAD';
  const objection = changes ? objectionToPage(head, names) : null;
  if (objection !== null) return objection;
  const host = hostOf(headers.get('host') ?? '');
  const isBrowser = changes ? hasPageHeaders(head) : comesFromBrowser(head);
  if (names.asked === null || !isBrowser || isAlwaysOwn(host) || names.asked.has(host)) return null;
  return (
    `This server is not known as ${printable(host)}. Ask for it by its IP address, or put the name into ` +
    'allowed_hosts, or a username and a password, in its configuration section.'
  );
}

function objectionToPage(head: Headers, { pages }: SiteNames): string | null {
  const site = head.headers.get('sec-fetch-site');
  if (site !== undefined) return isOwnSite(site) ? null : 'Requests from other sites are refused.';
  const page = pageOf(head);
  if (page === undefined || isSameHost(page, head) || isPageOf(pages, page)) return null;
  return (
    `Requests from pages of ${printable(page)} are refused. Is that a proxy's name for this server? ` +
    'Then put it into allowed_hosts in the configuration section of the server.'
  );
}

/** That a request was not made by a page of another site: what a GET needs to change something. */
export function isProvenOwn(head: Headers): boolean {
  const { headers } = head;
  const site = headers.get('sec-fetch-site');
  if (site !== undefined) return isOwnSite(site);
  const page = pageOf(head);
  if (page !== undefined) return isSameHost(page, head);
  return !comesFromBrowser(head);
}

/** `none`: typed, or from a bookmark. */
function isOwnSite(site: string): boolean {
  return site === 'same-origin' || site === 'none';
}

/** The page that a request is from. Browsers before 2020 send Referer alone with a form. */
function pageOf({ headers }: Headers): string | undefined {
  return headers.get('origin') ?? headers.get('referer');
}

/**
 * What browsers tell of the page with everything but a GET. Programs may call themselves Mozilla and name a language
 * (PowerShell and some HTTP clients of Java do), but they have no page.
 */
function hasPageHeaders({ headers }: Headers): boolean {
  return ['origin', 'sec-fetch-site', 'sec-fetch-mode', 'referer'].some((name) => headers.has(name));
}

/** Browsers cannot be made to leave all of these out of a GET; few tools send any by themselves. */
function comesFromBrowser(head: Headers): boolean {
  const { headers } = head;
  return (
    hasPageHeaders(head) ||
    headers.has('accept-language') ||
    /^mozilla\//i.test(headers.get('user-agent') ?? '')
  );
}

/**
 * `page`: an origin or an address. Its scheme may be that of a proxy before us, and its host is what the proxy was asked
 * for; a page of another site cannot send X-Forwarded-Host without the browser asking us first, which we never allow.
 */
function isSameHost(page: string, { headers }: Headers): boolean {
  const host = URL.parse(page)?.host;
  const asked = [headers.get('host'), headers.get('x-forwarded-host')?.split(',')[0]?.trim()];
  return host !== undefined && host !== '' && asked.some((name) => name?.toLowerCase() === host);
}

function isPageOf(hosts: ReadonlySet<string>, page: string): boolean {
  return hosts.has(hostOf(URL.parse(page)?.host ?? ''));
}

/** Without the port. */
function hostOf(host: string): string {
  return host
    .toLowerCase()
    .replace(/:\d*$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
}

/**
 * What nobody can turn to us from outside: addresses, and names that are in no public DNS, as those without a dot, of
 * localhost (RFC 6761), and of the own network (RFC 6762).
 */
function isAlwaysOwn(host: string): boolean {
  return !host.includes('.') || isIP(host) !== 0 || /\.(localhost|local)$/.test(host);
}

function printable(text: string): string {
  return text.replace(/[^\x21-\x7e]/g, '?').slice(0, 100);
}
