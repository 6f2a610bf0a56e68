// systemd over D-Bus: org.freedesktop.systemd1(5), the few calls that installing a service needs.
// Knows nothing of the contents of unit files.
import { statSync } from 'node:fs';
import {
  DBusError,
  type Message,
  type MessageBus,
  MessageType,
  Message as NewMessage,
  sessionBus,
  systemBus,
} from 'dbus-next';

export type Scope = 'system' | 'user';

/** `done`, or the failure: canceled, timeout, failed, dependency, skipped. */
export type JobResult = string;

/** systemd is unavailable or refused; the message is one line for the user. */
export class ManagerError extends Error {
  override readonly name = 'ManagerError';
}

export interface UnitState {
  /** `loaded`, `not-found`, `masked`, `bad-setting`, … */
  readonly loadState: string;
  /** `active`, `inactive`, `failed`, … */
  readonly activeState: string;
  /** `enabled`, `disabled`, `static`, …; empty for a unit without a file. */
  readonly fileState: string;
  /** Path of its unit file; empty if it has none. */
  readonly fragmentPath: string;
  /** The last status line of the service (STATUS=). */
  readonly statusText: string;
}

export class SystemdManager {
  readonly #finished = new Map<string, JobResult>();
  readonly #waiting = new Map<string, (result: JobResult) => void>();
  readonly #lost = Promise.withResolvers<never>();

  private constructor(private readonly bus: MessageBus) {
    // The bus may disconnect while no call is pending.
    this.#lost.promise.catch(() => {});
    bus.on('error', (error: unknown) =>
      this.#lost.reject(new ManagerError(`the bus is gone: ${reasonOf(error)}`)),
    );
    bus.on('message', (message) => this.#hear(message));
  }

  /** Throws ManagerError without systemd or without a bus. */
  static async connect(scope: Scope): Promise<SystemdManager> {
    if (!isBooted()) throw new ManagerError('systemd does not run here (there is no /run/systemd/system)');
    const manager = new SystemdManager(await connectedBus(scope));
    await manager.#call('Subscribe');
    await manager.#ask(
      busCall('AddMatch', 's', [
        `type='signal',sender='${service}',interface='${managerInterface}',member='JobRemoved'`,
      ]),
    );
    return manager;
  }

  close(): void {
    this.bus.disconnect();
  }

  /** Reloads all unit files. Throws ManagerError, like all methods below. */
  async reload(): Promise<void> {
    await this.#call('Reload');
  }

  /** Enables it at boot. Returns whether anything changed. */
  async enable(unit: string): Promise<boolean> {
    const [, changes] = await this.#call('EnableUnitFiles', 'asbb', [[unit], false, false]);
    return this.#reloadedFor(changes);
  }

  async disable(unit: string): Promise<boolean> {
    const [changes] = await this.#call('DisableUnitFiles', 'asb', [[unit], false]);
    return this.#reloadedFor(changes);
  }

  /** Resolves when the service is ready or has failed to start. */
  start(unit: string): Promise<JobResult> {
    return this.#job('StartUnit', unit);
  }

  /** Resolves when no process of it is left. */
  stop(unit: string): Promise<JobResult> {
    return this.#job('StopUnit', unit);
  }

  /** Resets the failed state (systemctl reset-failed). */
  async forgetFailure(unit: string): Promise<void> {
    await this.#call('ResetFailedUnit', 's', [unit]);
  }

  async stateOf(unit: string): Promise<UnitState> {
    const [path] = await this.#call('LoadUnit', 's', [unit]);
    const property = async (owner: string, name: string): Promise<string> => {
      const body = await this.#ask(
        callTo(String(path), 'org.freedesktop.DBus.Properties', 'Get', 'ss', [`${service}.${owner}`, name]),
      );
      return textOf(body[0]);
    };
    const [loadState, activeState, fileState, fragmentPath, statusText] = await Promise.all([
      property('Unit', 'LoadState'),
      property('Unit', 'ActiveState'),
      property('Unit', 'UnitFileState'),
      property('Unit', 'FragmentPath'),
      property('Service', 'StatusText'),
    ]);
    return { loadState, activeState, fileState, fragmentPath, statusText };
  }

  /** Created or removed links take effect only at the next reload. */
  async #reloadedFor(changes: unknown): Promise<boolean> {
    const isChanged = Array.isArray(changes) && changes.length > 0;
    if (isChanged) await this.reload();
    return isChanged;
  }

  async #job(method: string, unit: string): Promise<JobResult> {
    const [job] = await this.#call(method, 'ss', [unit, 'replace']);
    const path = String(job);
    const known = this.#finished.get(path);
    if (known !== undefined) return known;
    const { promise, resolve } = Promise.withResolvers<JobResult>();
    this.#waiting.set(path, resolve);
    return Promise.race([promise, this.#lost.promise]);
  }

  #hear({ type, member, body }: Message): void {
    if (type !== MessageType.SIGNAL || member !== 'JobRemoved') return;
    const [, path, , result] = body.map(String);
    if (path === undefined || result === undefined) return;
    // The signal may arrive before the reply to the call that created the job.
    this.#finished.set(path, result);
    this.#waiting.get(path)?.(result);
  }

  #call(member: string, signature = '', body: unknown[] = []): Promise<unknown[]> {
    return this.#ask(callTo('/org/freedesktop/systemd1', managerInterface, member, signature, body));
  }

  async #ask(message: Message): Promise<unknown[]> {
    try {
      const answer = await Promise.race([this.bus.call(message), this.#lost.promise]);
      return answer?.body ?? [];
    } catch (error) {
      throw explained(error);
    }
  }
}

const service = 'org.freedesktop.systemd1';
const managerInterface = `${service}.Manager`;

/** sd_booted(3). */
function isBooted(): boolean {
  return statSync('/run/systemd/system', { throwIfNoEntry: false })?.isDirectory() ?? false;
}

async function connectedBus(scope: Scope): Promise<MessageBus> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  try {
    const bus = scope === 'system' ? systemBus() : sessionBus({ busAddress: userBusAddress() });
    bus.on('connect', resolve);
    bus.on('error', reject);
    await promise;
    return bus;
  } catch (error) {
    if (error instanceof ManagerError) throw error;
    const whose = scope === 'system' ? 'the system bus' : "your session's bus";
    throw new ManagerError(`cannot reach ${whose}: ${reasonOf(error)}`);
  }
}

function userBusAddress(): string {
  const address = process.env['DBUS_SESSION_BUS_ADDRESS'];
  if (address) return address;
  const directory = process.env['XDG_RUNTIME_DIR'];
  if (directory) return `unix:path=${directory}/bus`;
  throw new ManagerError(
    'there is no session of yours: neither DBUS_SESSION_BUS_ADDRESS nor XDG_RUNTIME_DIR is set',
  );
}

function busCall(member: string, signature: string, body: unknown[]): Message {
  const bus = 'org.freedesktop.DBus';
  return new NewMessage({
    destination: bus,
    path: '/org/freedesktop/DBus',
    interface: bus,
    member,
    signature,
    body,
  });
}

function callTo(path: string, owner: string, member: string, signature: string, body: unknown[]): Message {
  return new NewMessage({ destination: service, path, interface: owner, member, signature, body });
}

/** The string inside a variant. */
function textOf(variant: unknown): string {
  return typeof variant === 'object' && variant !== null && 'value' in variant ? String(variant.value) : '';
}

const forbidden = new Set([
  'org.freedesktop.DBus.Error.AccessDenied',
  'org.freedesktop.DBus.Error.InteractiveAuthorizationRequired',
]);

function explained(error: unknown): unknown {
  if (!(error instanceof DBusError)) return error;
  if (forbidden.has(error.type))
    return new ManagerError(`systemd does not let you do this: ${error.text} (try as root)`);
  return new ManagerError(`systemd: ${error.text}`);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
