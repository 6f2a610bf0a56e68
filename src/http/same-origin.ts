// Cross-site request protection: pages of other sites must not change or read anything through a visitor's browser.
// Scripts and supervisorctl are not browsers, so the checks look at what only browsers send.
import { isIP } from '../linux/ip-address.ts';
import type { RequestHead } from './request.ts';

/** The names of a server. */
export interface SiteNames {
  /**
   * Host names that browsers may use besides the machine's own; null for any. A name that resolves here without our
   * doing indicates DNS rebinding. Behind a password the attacker gains nothing.
   */
  readonly asked: ReadonlySet<string> | null;
  /** Hosts of our own pages whose requests name another host because of a reverse proxy. */
  readonly pages: ReadonlySet<string>;
}

type Headers = Pick<RequestHead, 'headers'>;

/** Why a request is refused, as a sentence; null if it is allowed. */
export function crossSiteReason(
  head: Headers & Pick<RequestHead, 'method'>,
  names: SiteNames,
): string | null {
  const { headers, method } = head;
  // Browsers do not let other sites read the response to a safe request.
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

/** Proof that a request does not come from another site's page: required for a GET that changes something. */
export function isProvenSameOrigin(head: Headers): boolean {
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

/** The page that a request comes from. Browsers before 2020 send only Referer with a form. */
function pageOf({ headers }: Headers): string | undefined {
  return headers.get('origin') ?? headers.get('referer');
}

/**
 * Headers that browsers send with everything but a GET to identify the page. Other programs may claim to be Mozilla
 * and send Accept-Language (PowerShell, some Java HTTP clients), but they have no page.
 */
function hasPageHeaders({ headers }: Headers): boolean {
  return ['origin', 'sec-fetch-site', 'sec-fetch-mode', 'referer'].some((name) => headers.has(name));
}

/** Browsers cannot be made to omit all of these in a GET; few tools send any by default. */
function comesFromBrowser(head: Headers): boolean {
  const { headers } = head;
  return (
    hasPageHeaders(head) ||
    headers.has('accept-language') ||
    /^mozilla\//i.test(headers.get('user-agent') ?? '')
  );
}

/**
 * `page`: an origin or a URL. Its scheme may be that of a reverse proxy and its host the name of the proxy. Another
 * site's page cannot send X-Forwarded-Host without a CORS preflight, which is never granted.
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
 * Names that cannot be pointed here from outside (DNS rebinding): addresses, and names not in public DNS, such as
 * those without a dot, localhost (RFC 6761) and the local network (RFC 6762).
 */
function isAlwaysOwn(host: string): boolean {
  return !host.includes('.') || isIP(host) || /\.(localhost|local)$/.test(host);
}

function printable(text: string): string {
  return text.replace(/[^\x21-\x7e]/g, '?').slice(0, 100);
}
