// An HttpServer with a few simple routes, on real sockets.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerConfig } from '../../../src/config/config.ts';
import type { Connection } from '../../../src/http/connection.ts';
import { ConnectionShare } from '../../../src/http/connection-share.ts';
import { defaultLimits, type HttpLimits } from '../../../src/http/limits.ts';
import { openListener } from '../../../src/http/listener.ts';
import { LoginGuard } from '../../../src/http/login-guard.ts';
import type { HttpResponse } from '../../../src/http/response.ts';
import { admitter, at, atPrefix, type Handler } from '../../../src/http/router.ts';
import { HttpServer } from '../../../src/http/server.ts';
import { type Clock, monotonicClock } from '../../../src/supervisor/clock.ts';
import { freePort } from '../../support/free-port.ts';

export class TestServer {
  readonly directory = mkdtempSync(join(tmpdir(), 'tsv-http-'));
  readonly path = join(this.directory, 'server.sock');
  readonly log: string[] = [];
  /** Settles every request to /later. */
  readonly later: PromiseWithResolvers<string>[] = [];
  /** How many pieces its floods have been asked for. */
  pieces = 0;
  /** How many streams were ended because the client left. */
  streamsLeft = 0;
  readonly #servers: HttpServer[] = [];

  readonly #limits: HttpLimits;
  readonly #share: VisibleShare;

  constructor(
    limits: Partial<HttpLimits> = {},
    private readonly clock: Clock = monotonicClock,
  ) {
    // Tests are root: their connections count like everyone's.
    this.#limits = { ...defaultLimits, ownConnections: 0, ...limits };
    this.#share = new VisibleShare(this.#limits);
    this.serve({
      ...noCredentials,
      section: 'unix_http_server',
      kind: 'unix',
      path: this.path,
      mode: 0o700,
      owner,
      allowedUids: null,
    });
  }

  /** How many clients it has accepted and not let go. */
  get connections(): number {
    return this.#share.size;
  }

  /** What it keeps for each of its clients: their unfinished requests, and what they have not read. */
  get bufferedBytes(): readonly number[] {
    return [...this.#share.all].map(({ bufferedBytes }) => bufferedBytes);
  }

  async listenOnPort(credentials: ServerConfig['credentials'] = null): Promise<number> {
    const port = await freePort();
    this.serve({
      ...noCredentials,
      section: 'inet_http_server',
      kind: 'inet',
      host: '127.0.0.1',
      port,
      credentials,
    });
    return port;
  }

  serve(config: ServerConfig): void {
    const listener = openListener(config, (path) => this.log.push(`stale ${path}`));
    this.#servers.push(
      new HttpServer(listener, {
        admit: admitter({
          credentials: config.credentials,
          guard: new LoginGuard((message) => this.log.push(`WARN ${message}`)),
          routes: [
            atPrefix('/RPC2', ['POST'], 'xml', ({ body }) => text(`body ${body.length}`)),
            atPrefix('/later', ['GET', 'POST'], 'unused', this.#answerLater),
            atPrefix('/big', ['GET'], 'unused', ({ query }) => text('x'.repeat(Number(query)))),
            atPrefix('/stream', ['GET'], 'unused', this.#stream),
            atPrefix('/broken', ['GET'], 'unused', () => {
              throw new Error('it broke');
            }),
            atPrefix('/rejected', ['GET'], 'unused', async () => {
              throw new Error('it was rejected');
            }),
            at('/ok.html', ['GET', 'POST'], 'unused', () => text('OK')),
          ],
          names: { asked: null, pages: new Set() },
        }),
        share: this.#share,
        clock: this.clock,
        kind: config.kind,
        allowedUids: config.kind === 'unix' ? config.allowedUids : null,
        log: {
          warn: (line) => this.log.push(`WARN ${line}`),
          error: (line) => this.log.push(`ERRO ${line}`),
          trace: (line) => this.log.push(`TRAC ${line}`),
        },
        limits: this.#limits,
      }),
    );
  }

  async stop(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.stop()));
    rmSync(this.directory, { recursive: true, force: true });
  }

  #answerLater: Handler = async () => {
    const answer = Promise.withResolvers<string>();
    this.later.push(answer);
    return text(await answer.promise);
  };

  #stream: Handler = ({ gone, query }) => ({
    status: 200,
    headers: [['Content-Type', 'text/plain']],
    body: this.#pieces(query, gone),
  });

  async *#pieces(query: string, gone: AbortSignal): AsyncGenerator<string> {
    yield 'first';
    if (query === 'flood') {
      while (!gone.aborted) {
        this.pieces += 1;
        yield 'x'.repeat(65536);
      }
    } else if (query !== 'short') {
      await new Promise<void>((resolve) => gone.addEventListener('abort', () => resolve(), { once: true }));
    }
    if (gone.aborted) this.streamsLeft += 1;
    else yield 'last';
  }
}

class VisibleShare extends ConnectionShare {
  readonly all = new Set<Connection>();

  override add(connection: Connection): void {
    super.add(connection);
    this.all.add(connection);
  }

  override delete(connection: Connection): void {
    super.delete(connection);
    this.all.delete(connection);
  }
}

const noCredentials = { credentials: null, allowedHosts: [] };
const owner = { uid: -1, gid: -1 };

function text(body: string): HttpResponse {
  return { status: 200, headers: [['Content-Type', 'text/plain']], body };
}
