import { describe, expect, test } from 'bun:test';
import { crossSiteReason, isProvenSameOrigin, type SiteNames } from '../../../src/http/same-origin.ts';

const request = (method: string, headers: Record<string, string>) => ({
  method,
  headers: new Map(Object.entries(headers)),
});
const isRefused = (method: string, headers: Record<string, string>, names: SiteNames) =>
  crossSiteReason(request(method, headers), names) !== null;

const none: ReadonlySet<string> = new Set();
const open: SiteNames = { asked: new Set(['web01.corp.example', 'status.example.com']), pages: none };
const guarded: SiteNames = { asked: null, pages: none };
const proxied: SiteNames = { asked: new Set(['status.example.com']), pages: new Set(['status.example.com']) };

const chromium = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64)', 'accept-language': 'en' };

describe('programs that are no browsers', () => {
  test.each([
    ['xmlrpc.client', { 'user-agent': 'Python-xmlrpc/3.11', 'content-type': 'text/xml' }],
    ['curl', { 'user-agent': 'curl/8.0', accept: '*/*' }],
    ['Prometheus', { 'user-agent': 'Prometheus/2.50.0', accept: 'application/openmetrics-text' }],
    [
      'PowerShell',
      { 'user-agent': 'Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1' },
    ],
    ['a client of Java', { 'user-agent': 'Mozilla/4.0', 'accept-language': 'en-US' }],
    ['a client without a word', {}],
  ])('%s may ask under any name', (_, headers) => {
    expect(isRefused('POST', { ...headers, host: 'anything.example:9001' }, open)).toBe(false);
    expect(isRefused('POST', { ...headers, host: '' }, open)).toBe(false);
    expect(isRefused('POST', headers, open)).toBe(false);
  });
});

describe('a browser, where no password is needed', () => {
  test.each([
    '127.0.0.1:9001',
    '192.168.7.5:9001',
    '[::1]:9001',
    '[fe80::1]',
    'localhost:9001',
    'LOCALHOST',
    'supervisor.localhost:9001',
    'myserver:9001',
    'myserver.local:9001',
    'web01.corp.example:9001',
    'Web01.Corp.Example.:9001',
  ])('may ask for %s', (host) => {
    expect(isRefused('GET', { ...chromium, host }, open)).toBe(false);
  });

  test.each([
    'evil.example:9001',
    'web01.corp.example.evil.example',
    'localhost.evil.example:9001',
    '127.0.0.1.evil.example:9001',
    'evil.example.:9001',
  ])('is refused under %s, which somebody turned to us', (host) => {
    expect(isRefused('GET', { ...chromium, host }, open)).toBe(true);
    expect(isRefused('GET', { 'sec-fetch-site': 'same-origin', host }, open)).toBe(true);
    expect(isRefused('POST', { origin: `http://${host}`, host }, open)).toBe(true);
    expect(isRefused('POST', { referer: `http://${host}/page`, host }, open)).toBe(true);
    expect(isRefused('GET', { referer: `http://${host}/`, host }, open)).toBe(true);
    expect(isRefused('GET', { 'accept-language': '', host }, open)).toBe(true);
  });

  test('may ask under any name where a password keeps such sites out', () => {
    expect(isRefused('GET', { ...chromium, host: 'any.example' }, guarded)).toBe(false);
  });
});

describe('a page of another site', () => {
  const host = '127.0.0.1:9001';
  const foreign = [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: 'http://127.0.0.1:8080' },
    { referer: 'https://evil.example/page' },
    { referer: 'about:blank' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'cross-site', origin: 'http://127.0.0.1:9001' },
  ];

  test.each(foreign)('changes nothing: %p', (headers) => {
    expect(isRefused('POST', { ...headers, host }, open)).toBe(true);
    expect(isRefused('POST', { ...headers, host }, guarded)).toBe(true);
  });

  test('may ask for what its browser does not let it read, as by a link', () => {
    expect(isRefused('GET', { origin: 'https://evil.example', host }, guarded)).toBe(false);
    expect(isRefused('GET', { 'sec-fetch-site': 'cross-site', host }, guarded)).toBe(false);
  });

  test.each([...foreign.slice(1), chromium])('is not taken for ours by what a link sends: %p', (headers) => {
    expect(isProvenSameOrigin(request('GET', { ...headers, host }))).toBe(false);
  });
});

describe('our own page', () => {
  test.each([
    { host: 'myserver:9001', origin: 'http://myserver:9001' },
    { host: 'myserver:9001', referer: 'http://myserver:9001/?x=y' },
    { host: 'myserver:9001', origin: 'http://myserver:9001', 'sec-fetch-site': 'same-origin' },
    { host: '127.0.0.1:9001', origin: 'https://status.example.com', 'sec-fetch-site': 'same-origin' },
    { host: '127.0.0.1:9001', origin: 'http://a.example', 'x-forwarded-host': 'a.example' },
    { host: '127.0.0.1:9001', origin: 'http://a.example', 'x-forwarded-host': 'a.example, inner' },
  ])('may change things, also behind a proxy: %p', (headers) => {
    expect(isRefused('POST', headers, open)).toBe(false);
    expect(isProvenSameOrigin(request('POST', headers))).toBe(true);
  });

  test('may have the name that allowed_hosts gives it, whatever a proxy makes of it', () => {
    const origin = 'http://status.example.com:8080';
    expect(isRefused('POST', { host: '127.0.0.1:9001', origin }, open)).toBe(true);
    expect(isRefused('POST', { host: '127.0.0.1:9001', origin }, proxied)).toBe(false);
    expect(isRefused('GET', { ...chromium, host: 'status.example.com' }, proxied)).toBe(false);
    expect(isRefused('POST', { host: '127.0.0.1:9001', origin: 'http://evil.example' }, proxied)).toBe(true);
  });
});
