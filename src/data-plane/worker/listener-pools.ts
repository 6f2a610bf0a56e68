// Pools of event listeners in the data plane: connects each pool with the pipes of its listeners. What a pool does with
// events and answers is the pool's business.
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

/** Told in steps: a report for every event would cost more than the event. */
const takenStepCharacters = 1024 * 1024;

interface Listener {
  running: boolean;
  /** Of the present run; null between two. */
  stdin: StdinPipe | null;
  readonly pace: SpinWait;
}

interface OpenPool {
  readonly pool: ListenerPool;
  readonly listeners: ReadonlyMap<string, Listener>;
  /** The log that takes what the handler of results prints. */
  output: number | null;
  takenCharacters: number;
}

export class ListenerPools {
  readonly #pools = new Map<number, OpenPool>();

  constructor(
    private readonly watch: WritableWatch,
    private readonly tell: (report: PoolEvent) => void,
    /** An answer is about to come, and the next event waits for it. */
    private readonly expect: (until: number) => void,
    private readonly writeLog: (log: number, memory: Memory) => void,
  ) {}

  /** When the first pool sends a rejected event again, on the clock of performance.now(); infinity when none waits. */
  get deadline(): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (const { pool } of this.#pools.values()) earliest = Math.min(earliest, pool.deadline);
    return earliest;
  }

  resumeDue(now: number): void {
    for (const { pool } of this.#pools.values()) if (pool.deadline <= now) pool.resume();
  }

  obey(command: PoolCommand): void {
    if (command.do === 'openPool') return this.#open(command);
    const open = this.#pools.get(command.pool);
    if (!open) return;
    switch (command.do) {
      case 'closePool':
        for (const listener of open.listeners.values()) hangUp(listener);
        this.#pools.delete(command.pool);
        return this.tell({ is: 'poolClosed', pool: command.pool });
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

  /** A listener was started: who takes what it writes to stdout. Words of an orphan of an earlier run count no more. */
  connect(end: ListenerEnd): (bytes: Uint8Array) => void {
    const stdin = new StdinPipe(end.stdinFd, this.watch);
    const open = this.#pools.get(end.pool);
    const listener = open?.listeners.get(end.listener);
    if (!open || !listener) {
      stdin.close();
      return () => {};
    }
    hangUp(listener);
    listener.stdin = stdin;
    return (bytes) => {
      if (listener.stdin !== stdin) return;
      listener.pace.answered(performance.now());
      open.pool.received(end.listener, bytes);
    };
  }

  #open(command: OpenPoolCommand): void {
    const { pool: number, name, bufferSize, identifier, listeners: names, resultHandler, debug } = command;
    const say = (level: keyof PoolLog) => (message: string) =>
      this.tell({ is: 'poolLog', pool: number, level, message });
    const log = { error: say('error'), warn: say('warn'), debug: debug ? say('debug') : () => {} };
    const listeners = new Map<string, Listener>(
      names.map((listener) => [listener, { running: false, stdin: null, pace: new SpinWait() }]),
    );
    const processes = [...listeners].map(([listenerName, listener]) => ({
      name: listenerName,
      isRunning: () => listener.running,
      writeStdin: (data: Uint8Array) => {
        const accepted = listener.stdin?.write(data) === 'accepted';
        const lookOutUntil = accepted && pool.backlog > 0 ? listener.pace.sent(performance.now()) : null;
        if (lookOutUntil !== null) this.expect(lookOutUntil);
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
    hangUp(listener);
    pool.ended(name);
  }

  #taken(pool: number, open: OpenPool, characters: number): void {
    open.takenCharacters += characters;
    if (open.takenCharacters < takenStepCharacters) return;
    this.tell({ is: 'eventsTaken', pool, characters: open.takenCharacters });
    open.takenCharacters = 0;
  }
}

function hangUp(listener: Listener): void {
  listener.stdin?.close();
  listener.stdin = null;
}
