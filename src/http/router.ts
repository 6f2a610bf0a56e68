// From the head of a request to its handler: authentication, cross-site checks, then the table of routes.
// Knows nothing of the responses.
import { errorFor } from './api-error.ts';
import type { Credentials } from './basic-auth.ts';
import { type BodyKind, bodyLimits } from './limits.ts';
import type { Login, LoginGuard } from './login-guard.ts';
import type { Peer } from './peer.ts';
import type { HttpRequest, RequestHead } from './request.ts';
import { closingError, errorResponse, type HeaderList, type HttpResponse, type Status } from './response.ts';
import { crossSiteReason, type SiteNames } from './same-origin.ts';

export type Handler = (request: HttpRequest) => HttpResponse | Promise<HttpResponse>;

/** A handler for one path or all paths below it. */
export interface Route {
  /** An exact path or a prefix. */
  readonly path: string;
  /** How the request body is used, which determines its limits. */
  readonly body: BodyKind;
  /** A handler, an error status, or null if another route may match. */
  readonly find: (head: RequestHead) => Handler | Status | null;
}

export type Admission =
  | { readonly kind: 'admitted'; readonly handle: Handler }
  | { readonly kind: 'refused'; readonly response: HttpResponse };

export type Admit = (
  head: RequestHead,
  peer: Peer,
) => Admission & {
  /** Delay before the response is sent. */
  readonly delayMs: number;
};

/** The access rules of a server. */
export interface Entrance {
  readonly credentials: Credentials | null;
  readonly guard: LoginGuard;
  readonly routes: readonly Route[];
  readonly names: SiteNames;
}

/** All paths with this prefix; other methods are refused with 400. */
export function atPrefix(
  prefix: string,
  methods: readonly string[],
  body: BodyKind,
  handler: Handler,
): Route {
  const find: Route['find'] = ({ path, method }) => {
    if (!path.startsWith(prefix)) return null;
    return methods.includes(method) ? handler : 400;
  };
  return { path: prefix, body, find };
}

/** Exactly this path; other methods are left to later routes. */
export function at(path: string, methods: readonly string[], body: BodyKind, handler: Handler): Route {
  const find: Route['find'] = (head) =>
    head.path === path && methods.includes(head.method) ? handler : null;
  return { path, body, find };
}

/** Decides on the head alone, before any of the body is buffered. The first matching route wins. */
export function admitter({ credentials, guard, routes, names }: Entrance): Admit {
  return (head, peer) => {
    const login = credentials && guard.login(head.headers.get('authorization'), credentials, peer);
    const admission = (login && unfitLogin(head, login)) ?? admissionOf(head, routes, names);
    return { ...admission, delayMs: login?.delayMs ?? 0 };
  };
}

function unfitLogin(head: RequestHead, { verdict }: Login): Admission | null {
  switch (verdict) {
    case 'denied':
      return refused(head, unauthorized, 'a user name and its password are needed');
    case 'malformed':
      return refused(head, errorResponse(400), 'the user name and password are no UTF-8');
    case 'accepted':
      return null;
  }
}

function admissionOf(head: RequestHead, routes: readonly Route[], names: SiteNames): Admission {
  const objection = crossSiteReason(head, names);
  if (objection !== null) return refused(head, forbidden(objection), objection);
  const target = find(routes, head);
  if (typeof target === 'number') return refused(head, errorResponse(target));
  return unfitLength(head, target.body) ?? { kind: 'admitted', handle: target.handle };
}

const unauthorized = errorResponse(401, [
  ['Connection', 'close'],
  ['WWW-Authenticate', 'Basic realm="default"'],
]);

function forbidden(reason: string): HttpResponse {
  const headers: HeaderList = [
    ['Connection', 'close'],
    ['Content-Type', 'text/plain'],
  ];
  return { status: 403, headers, body: `${reason}\n` };
}

function refused(head: RequestHead, page: HttpResponse, reason?: string): Admission {
  return { kind: 'refused', response: errorFor(head, page, reason) };
}

function find(
  routes: readonly Route[],
  head: RequestHead,
): { readonly handle: Handler; readonly body: BodyKind } | Status {
  for (const { find: look, body } of routes) {
    const target = look(head);
    if (target !== null) return typeof target === 'number' ? target : { handle: target, body };
  }
  return head.method === 'GET' || head.method === 'HEAD' ? 404 : 400;
}

function unfitLength(head: RequestHead, body: BodyKind): Admission | null {
  const { method, contentLength } = head;
  switch (contentLength.kind) {
    case 'none':
      return method === 'POST'
        ? refused(head, errorResponse(411), 'a body with its Content-Length is needed')
        : null;
    case 'coded':
      return refused(head, closingError(411), 'a Content-Length is needed instead of a Transfer-Encoding');
    case 'wrong':
      return refused(head, closingError(400), 'the Content-Length is to be one number of bytes');
    case 'bytes':
      return contentLength.bytes > bodyLimits[body].bytes
        ? refused(head, closingError(413), `the body may have at most ${bodyLimits[body].bytes} bytes`)
        : null;
  }
}
