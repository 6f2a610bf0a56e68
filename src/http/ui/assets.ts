// The page's static files, built at compile time.
import type { HttpRequest } from '../request.ts';
import type { HeaderList, HttpResponse } from '../response.ts';
import { at, type Route } from '../router.ts';
import { bundlePage } from './bundle-page.ts' with { type: 'macro' };
import type { Asset } from './bundle-page.ts';

const { script, style } = bundlePage();

/** Response headers of the page. */
export const pageHeaders: HeaderList = [
  [
    'Content-Security-Policy',
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
      "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; " +
      "require-trusted-types-for 'script'; trusted-types 'none'",
  ],
  ['X-Content-Type-Options', 'nosniff'],
  ['X-Frame-Options', 'DENY'],
  ['Referrer-Policy', 'same-origin'],
  ['Cross-Origin-Opener-Policy', 'same-origin'],
  ['Cross-Origin-Resource-Policy', 'same-origin'],
];

/** As in the original, so that browsers do not cache old pages. */
export const neverKept: HeaderList = [
  ['Pragma', 'no-cache'],
  ['Cache-Control', 'no-cache'],
  ['Expires', 'Thu, 01 Jan 1970 00:00:00 GMT'],
];

/** A placeholder until the script has loaded and takes over. */
const shell = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Supervisor Status</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" type="image/svg+xml" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='4' fill='%231a7f4b'/%3E%3Cpath d='M4 5h8M4 8h8M4 11h5' stroke='%23fff' stroke-width='1.6'/%3E%3C/svg%3E">
<link rel="stylesheet" href="ui/${style.name}">
<script type="module" src="ui/${script.name}"></script>
</head>
<body>
<div id="page"><div class="app"><header><h1>supervisor</h1></header></div></div>
<noscript>This page needs JavaScript. Without it: <code>supervisorctl status</code>, or <a href="metrics">metrics</a>.</noscript>
</body>
</html>
`;

export const page: HttpResponse = {
  status: 200,
  headers: [['Content-Type', 'text/html;charset=utf-8'], ...neverKept, ...pageHeaders],
  body: shell,
};

/** File names contain a content hash, so they can be cached forever. */
export function assetRoutes(prefix: string): readonly Route[] {
  return [script, style].map((asset) =>
    at(`${prefix}/${asset.name}`, ['GET', 'HEAD'], 'unused', (request) => serve(asset, request)),
  );
}

function serve({ type, gzip }: Asset, { headers }: HttpRequest): HttpResponse {
  const bytes = Buffer.from(gzip, 'base64');
  const takesGzip = /\bgzip\b/.test(headers.get('accept-encoding') ?? '');
  return {
    status: 200,
    headers: [
      ['Content-Type', type],
      ['Cache-Control', 'private, max-age=31536000, immutable'],
      ['Vary', 'Accept-Encoding'],
      ...(takesGzip ? ([['Content-Encoding', 'gzip']] as const) : []),
      ...pageHeaders,
    ],
    body: takesGzip ? bytes : Bun.gunzipSync(bytes),
  };
}
