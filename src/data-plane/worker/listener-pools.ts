// The listener pools of this worker: connects each pool with the pipes of its listeners. ListenerPool decides what
// happens to events and results.
import { ListenerPool, type PoolLog } from '../../events/pool.ts';
import { type Memory, memoryOf } from '../../linux/file.ts';
import type {
  ListenerCondition,
  ListenerEnd,
  OpenPoolCommand,
  PoolCommand,
  PoolEvent,
} from '../protocol/pool-commands.ts';
import type { ListenerSnapshot, OpenPoolSnapshot } from '../protocol/snapshots.ts';
import { StdinPipe, type WritableWatch } from '../protocol/stdin-pipe.ts';
import { SpinWait } from './spin-wait.ts';

/** Acknowledged in steps: a message per event would cost more than the event. */
const takenStepCharacters = 1024 * 1024;

/** The pipes of a child. */
interface Connection {
  /** The stream of its stdout. */
  readonly stream: number;
  /** Null when the child has closed it. */
  readonly stdin: StdinPipe | null;
}

interface Listener {
  running: boolean;
  /** Of the current child; null between two. */
  connection: Connection | null;
  readonly spinWait: SpinWait;
}

interface OpenPool {
  readonly opening: OpenPoolCommand;
  readonly pool: ListenerPool;
  readonly listeners: ReadonlyMap<string, Listener>;
  /** The log for the output of the result handler. */
  output: number | null;
  takenCharacters: number;
}

export class ListenerPools {
  readonly #pools = new Map<number, OpenPool>();

  constructor(
    private readonly watch: WritableWatch,
    private readonly emit: (report: PoolEvent) => void,
    /** A result is expected soon, and the next event waits for it. */
    private readonly expect: (until: number) => void,
    private readonly writeLog: (log: number, memory: Memory) => void,
  ) {}

  /** When the first pool resends a rejected event, on the clock of performance.now(); infinity when none is delayed. */
  get deadline(): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (const { pool } of this.#pools.values()) earliest = Math.min(earliest, pool.deadline);
    return earliest;
  }

  resumeDue(now: number): void {
    for (const { pool } of this.#pools.values()) if (pool.deadline <= now) pool.resume();
  }

  execute(command: PoolCommand): void {
    if (command.do === 'openPool') {
      this.#open(command);
      return;
    }
    const open = this.#pools.get(command.pool);
    if (!open) return;
    switch (command.do) {
      case 'closePool':
        for (const listener of open.listeners.values()) disconnect(listener);
        this.#pools.delete(command.pool);
        return this.emit({ is: 'poolClosed', pool: command.pool });
      case 'printTo':
        open.output = command.log;
        return;
      case 'event':
        open.pool.accept(command.event);
        return this.#taken(command.pool, open, command.event.payload.length);
      case 'listenerIs':
        return this.#listenerIs(open, command.listener, command.now);
    }
  }

  /** A listener was spawned, and `stream` reads its stdout: returns the consumer of it. */
  connect(end: ListenerEnd, stream: number): (bytes: Uint8Array) => void {
    const stdin = new StdinPipe(end.stdinFd, this.watch);
    const listener = this.#pools.get(end.pool)?.listeners.get(end.listener);
    if (listener) {
      disconnect(listener);
      listener.connection = { stream, stdin };
    } else stdin.close();
    return this.outputOf(end, stream);
  }

  /** The consumer of the stdout of a connected listener. Output of an orphan of an earlier child is ignored. */
  outputOf(end: ListenerEnd, stream: number): (bytes: Uint8Array) => void {
    const open = this.#pools.get(end.pool);
    const listener = open?.listeners.get(end.listener);
    if (!open || !listener) return () => {};
    return (bytes) => {
      if (listener.connection?.stream !== stream) return;
      listener.spinWait.answered(performance.now());
      open.pool.received(end.listener, bytes);
    };
  }

  snapshot(): readonly OpenPoolSnapshot[] {
    return [...this.#pools.values()].map(({ opening, pool, listeners, output }) => ({
      opening,
      pool: pool.snapshot(),
      listeners: Object.fromEntries([...listeners].map(([name, listener]) => [name, snapshotOf(listener)])),
      output,
    }));
  }

  /** Continues from a snapshot. A rejected event is sent again at once, without the rest of its back-off. */
  restore(snapshots: readonly OpenPoolSnapshot[]): void {
    for (const { opening, pool, listeners, output } of snapshots) {
      const open = this.#open(opening);
      open.output = output;
      for (const [name, listener] of open.listeners) {
        const { running, connection } = listeners[name] ?? { running: false, connection: null };
        listener.running = running;
        listener.connection = connection && {
          ...connection,
          stdin: connection.stdin && StdinPipe.restore(connection.stdin, this.watch),
        };
      }
      open.pool.restore(pool);
      open.pool.resume();
    }
  }

  #open(command: OpenPoolCommand): OpenPool {
    const { pool: number, name, bufferSize, identifier, listeners: names, resultHandler, debug } = command;
    const logAt = (level: keyof PoolLog) => (message: string) =>
      this.emit({ is: 'poolLog', pool: number, level, message });
    const log = { error: logAt('error'), warn: logAt('warn'), debug: debug ? logAt('debug') : () => {} };
    const listeners = new Map<string, Listener>(
      names.map((listener) => [listener, { running: false, connection: null, spinWait: new SpinWait() }]),
    );
    const processes = [...listeners].map(([listenerName, listener]) => ({
      name: listenerName,
      isRunning: () => listener.running,
      writeStdin: (data: Uint8Array) => {
        const accepted = listener.connection?.stdin?.write(data) === 'accepted';
        const spinUntil = accepted && pool.backlog > 0 ? listener.spinWait.sent(performance.now()) : null;
        if (spinUntil !== null) this.expect(spinUntil);
        return accepted;
      },
    }));
    const print = (lines: string) => {
      const output = this.#pools.get(number)?.output ?? null;
      if (output !== null) this.writeLog(output, memoryOf(Buffer.from(lines, 'latin1')));
    };
    const now = () => performance.now();
    const options = { name, bufferSize, identifier, log, resultHandler, print, now };
    const pool: ListenerPool = new ListenerPool(options, processes);
    const open: OpenPool = { opening: command, pool, listeners, output: null, takenCharacters: 0 };
    this.#pools.set(number, open);
    return open;
  }

  #listenerIs({ pool, listeners }: OpenPool, name: string, now: ListenerCondition): void {
    const listener = listeners.get(name);
    if (!listener) return;
    listener.running = now === 'running';
    if (now === 'running') pool.running();
    if (now !== 'ended') return;
    disconnect(listener);
    pool.ended(name);
  }

  #taken(pool: number, open: OpenPool, characters: number): void {
    open.takenCharacters += characters;
    if (open.takenCharacters < takenStepCharacters) return;
    this.emit({ is: 'eventsTaken', pool, characters: open.takenCharacters });
    open.takenCharacters = 0;
  }
}

function disconnect(listener: Listener): void {
  listener.connection?.stdin?.close();
  listener.connection = null;
}

function snapshotOf({ running, connection }: Listener): ListenerSnapshot {
  if (connection === null) return { running, connection };
  const { stream, stdin } = connection;
  return { running, connection: { stream, stdin: stdin?.snapshot() ?? null } };
}
