// The data of the page: a snapshot, then changes, while the page is open.
import { hostname } from 'node:os';
import { AutoResetEvent } from '../../event-loop/auto-reset-event.ts';
import type { SupervisorEvent } from '../../events/types.ts';
import type { Process } from '../../supervisor/process.ts';
import type { Supervisor } from '../../supervisor/supervisor.ts';
import { version } from '../../version.ts';
import type { EventOf } from '../event-stream.ts';
import type { FeedEvents, ServerView, UsageSample } from './api-types.ts';
import type { History } from './history.ts';
import type { OrderViews } from './order-view.ts';
import { processView } from './process-view.ts';
import type { UsageSampler } from './usage-sampler.ts';

/** Coalesces bursts of changes into one update per interval. */
const coalesceMs = 50;

export interface FeedSources {
  readonly supervisor: Supervisor;
  readonly history: History;
  readonly sampler: UsageSampler;
  readonly orders: OrderViews;
  /** As of the daemon's start, even after a reread. */
  readonly identifier: string;
  readonly mainLogPath: string | null;
}

/** Until `gone` is aborted. A slow client gets fewer, larger updates. */
export async function* feed(sources: FeedSources, gone: AbortSignal): AsyncGenerator<EventOf<FeedEvents>> {
  const { supervisor, history, sampler, orders } = sources;
  const changed = new AutoResetEvent(gone);
  const news = new News(supervisor);
  const unsubscribe = supervisor.daemon.bus.subscribe(
    ['PROCESS_STATE', 'PROCESS_GROUP', 'SUPERVISOR_STATE_CHANGE', 'TSUPERVISOR_PROCESS_CHANGE'],
    (event) => {
      news.take(event);
      changed.set();
    },
  );
  const unsample = sampler.subscribe((sample) => {
    news.usage = sample;
    changed.set();
  });
  const view = (process: Process) => processView(process, history.restarts(process));
  try {
    while (!gone.aborted) {
      const { everything, server, processes, usage } = news.collect();
      if (everything) {
        const order = await orders.current();
        const all = supervisor.processesByPriority.map((one) => view(one));
        yield ['all', { server: serverView(sources), processes: all, ...(order && { order }) }];
      } else {
        if (server) yield ['server', serverView(sources)];
        if (processes.length > 0) yield ['processes', processes.map((one) => view(one))];
      }
      if (usage) yield ['usage', usage];
      await changed.wait();
      await Bun.sleep(coalesceMs);
    }
  } finally {
    unsubscribe();
    unsample();
  }
}

/** Changes since the last update. */
class News {
  #everything = true;
  #server = false;
  readonly #processes = new Set<Process>();
  usage: UsageSample | null = null;

  constructor(private readonly supervisor: Supervisor) {}

  take(event: SupervisorEvent): void {
    if ('fromState' in event || event.type === 'TSUPERVISOR_PROCESS_CHANGE') {
      const process = this.supervisor.groups.get(event.group)?.process(event.process);
      if (process) this.#processes.add(process);
    } else if (event.type === 'PROCESS_GROUP_ADDED' || event.type === 'PROCESS_GROUP_REMOVED') {
      this.#everything = true;
    } else this.#server = true;
  }

  collect() {
    const { usage } = this;
    const collected = {
      ...{ usage, everything: this.#everything, server: this.#server },
      processes: [...this.#processes],
    };
    this.#everything = false;
    this.#server = false;
    this.#processes.clear();
    this.usage = null;
    return collected;
  }
}

const startedSeconds = Math.floor(performance.timeOrigin / 1000);

function serverView({ supervisor, identifier, mainLogPath }: FeedSources): ServerView {
  return {
    state: supervisor.state,
    ...{ version, identifier, hostname: hostname(), pid: process.pid },
    started: startedSeconds,
    now: Math.floor(Date.now() / 1000),
    configPath: supervisor.config.absolutePath,
    hasMainLog: mainLogPath !== null,
  };
}
