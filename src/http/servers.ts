// All HTTP servers of one daemon instance: opened early, so that a second daemon fails before it does any harm;
// served once there is a supervisor.
import type { ServerConfig } from '../config/config.ts';
import type { ActivityLog } from '../data-plane/main/activity-log.ts';
import { forStderr } from '../linux/journal-stream.ts';
import { libc } from '../linux/libc.ts';
import type { Supervisor } from '../supervisor/supervisor.ts';
import { ConnectionShare } from './connection-share.ts';
import { DescriptorWatch } from './descriptor-watch.ts';
import { defaultLimits } from './limits.ts';
import { type Listener, openListener, passedListener } from './listener.ts';
import { localHostnames } from './local-hostnames.ts';
import { LoginGuard } from './login-guard.ts';
import { RepeatedWarning } from './repeated-warning.ts';
import { admitter, type Entrance } from './router.ts';
import { routesFor } from './routes.ts';
import type { SiteNames } from './same-origin.ts';
import { HttpServer } from './server.ts';

interface OpenServer {
  readonly config: ServerConfig;
  readonly listener: Listener;
}

/**
 * Binds every socket except those `passed` by systemd, keyed by section. Throws ListenError after closing what was
 * opened.
 */
export function openServers(
  configs: readonly ServerConfig[],
  passed: ReadonlyMap<string, number>,
  log: ActivityLog,
): Servers {
  const open: OpenServer[] = [];
  try {
    for (const config of configs) {
      const fd = passed.get(config.section);
      const listener = fd === undefined ? openListener(config, announceStale) : passedListener(fd, config);
      open.push({ config, listener });
    }
  } catch (error) {
    closeUnserved(open);
    throw error;
  }
  return new Servers(open, log);
}

function closeUnserved(open: readonly OpenServer[]): void {
  for (const { listener } of open) {
    listener.dispose();
    libc.close(listener.fd);
  }
}

/** On stderr only, like the original. */
function announceStale(path: string): void {
  process.stderr.write(forStderr(`Unlinking stale socket ${path}\n`, 'info'));
}

/** Browsers cannot reach a unix socket except through a proxy, which then has to decide. */
function namesOf(config: ServerConfig): SiteNames {
  const { allowedHosts, credentials } = config;
  const pages = new Set(allowedHosts);
  if (config.kind === 'unix' || credentials !== null) return { asked: null, pages };
  return { asked: new Set([...localHostnames(), config.host, ...allowedHosts]), pages };
}

/** Cleaners remove files that are ten days old, rarely those of one day. */
const refreshIntervalMs = 6 * 60 * 60 * 1000;

export class Servers {
  #running: readonly HttpServer[] = [];
  #warnings: readonly RepeatedWarning[] = [];
  #descriptors: DescriptorWatch | null = null;
  #refreshing: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly open: readonly OpenServer[],
    private readonly log: ActivityLog,
  ) {}

  /** Serves from now on; clients that connected earlier are waiting in the backlog. */
  serve(supervisor: Supervisor): void {
    const routes = routesFor(supervisor);
    const shares = { unix: new ConnectionShare(defaultLimits), inet: new ConnectionShare(defaultLimits) };
    const descriptors = new DescriptorWatch(() => shares.unix.size + shares.inet.size, this.log);
    this.#running = this.open.map(({ config, listener }) => {
      for (const { name } of supervisor.config.rpcInterfaces)
        this.log.info(`RPC interface '${name}' initialized`);
      if (config.credentials === null) {
        this.log.critical(`Server '${config.section}' running without any HTTP authentication checking`);
      }
      const server = new HttpServer(listener, {
        ...{ log: this.log, share: shares[config.kind], onAccepted: () => descriptors.checkSoon() },
        admit: admitter({ ...this.#loginsOf(config, listener), routes, names: namesOf(config) }),
        kind: config.kind,
        user: config.credentials?.username ?? null,
        allowedUids: config.kind === 'unix' ? config.allowedUids : null,
      });
      descriptors.add({ server, name: listener.name, kind: config.kind });
      return server;
    });
    descriptors.begin(supervisor.daemon.bus);
    this.#descriptors = descriptors;
    this.#refreshing = setInterval(() => {
      for (const { listener } of this.open) listener.refresh();
    }, refreshIntervalMs);
  }

  /** Closes servers that were never served. */
  abandon(): void {
    closeUnserved(this.open);
  }

  /** Completes current responses, closes everything and removes the socket files. */
  async close(): Promise<void> {
    this.#descriptors?.stop();
    clearInterval(this.#refreshing);
    await Promise.all(this.#running.map((server) => server.stop()));
    for (const warning of this.#warnings) warning.stop();
  }

  #loginsOf({ credentials }: ServerConfig, { name }: Listener): Pick<Entrance, 'credentials' | 'guard'> {
    const warning = new RepeatedWarning((message) => this.log.warn(`${name}: ${message}`));
    this.#warnings = [...this.#warnings, warning];
    return { credentials, guard: new LoginGuard((message) => warning.warn(message)) };
  }
}
