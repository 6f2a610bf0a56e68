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
import { StdinPipe, type WritableWatch } from '../protocol/stdin-pipe.ts';
import { SpinWait } from './spin-wait.ts';

/** Acknowledged in steps: a message per event would cost more than the event. */
const takenStepCharacters = 1024 * 1024;

interface Listener {
  running: boolean;
  /** The stdin of the current child; null between two. */
  stdin: StdinPipe | null;
  readonly spinWait: SpinWait;
}

interface OpenPool {
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
    if (command.do === 'openPool') return this.#open(command);
    const open = this.#pools.get(command.pool);
    if (!open) return;
    switch (command.do) {
      case 'closePool':
        for (const listener of open.listeners.values()) closeStdin(listener);
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

  /** A listener was spawned: returns the consumer of its stdout. Output of an orphan of an earlier child is ignored. */
  connect(end: ListenerEnd): (bytes: Uint8Array) => void {
    const stdin = new StdinPipe(end.stdinFd, this.watch);
    const open = this.#pools.get(end.pool);
    const listener = open?.listeners.get(end.listener);
    if (!open || !listener) {
      stdin.close();
      return () => {};
    }
    closeStdin(listener);
    listener.stdin = stdin;
    return (bytes) => {
      if (listener.stdin !== stdin) return;
      listener.spinWait.answered(performance.now());
      open.pool.received(end.listener, bytes);
    };
  }

  #open(command: OpenPoolCommand): void {
    const { pool: number, name, bufferSize, identifier, listeners: names, resultHandler, debug } = command;
    const logAt = (level: keyof PoolLog) => (message: string) =>
      this.emit({ is: 'poolLog', pool: number, level, message });
    const log = { error: logAt('error'), warn: logAt('warn'), debug: debug ? logAt('debug') : () => {} };
    const listeners = new Map<string, Listener>(
      names.map((listener) => [listener, { running: false, stdin: null, spinWait: new SpinWait() }]),
    );
    const processes = [...listeners].map(([listenerName, listener]) => ({
      name: listenerName,
      isRunning: () => listener.running,
      writeStdin: (data: Uint8Array) => {
        const accepted = listener.stdin?.write(data) === 'accepted';
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
    this.#pools.set(number, { pool, listeners, output: null, takenCharacters: 0 });
  }

  #listenerIs({ pool, listeners }: OpenPool, name: string, now: ListenerCondition): void {
    const listener = listeners.get(name);
    if (!listener) return;
    listener.running = now === 'running';
    if (now === 'running') pool.running();
    if (now !== 'ended') return;
    closeStdin(listener);
    pool.ended(name);
  }

  #taken(pool: number, open: OpenPool, characters: number): void {
    open.takenCharacters += characters;
    if (open.takenCharacters < takenStepCharacters) return;
    this.emit({ is: 'eventsTaken', pool, characters: open.takenCharacters });
    open.takenCharacters = 0;
  }
}

function closeStdin(listener: Listener): void {
  listener.stdin?.close();
  listener.stdin = null;
}
