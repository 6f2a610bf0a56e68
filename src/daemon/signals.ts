// What signals to the daemon itself mean.
import type { ActivityLog } from '../data-plane/main/activity-log.ts';

export interface SignalActions {
  readonly log: ActivityLog;
  /** From the moment a shutdown was asked for. */
  shuttingDown(): boolean;
  shutdown(): void;
  restart(): void;
  reopenLogs(): void;
}

type Handler = (actions: SignalActions) => void;

const handlers: Readonly<Record<string, Handler>> = {
  SIGTERM: (actions) => exitRequest(actions, 'SIGTERM'),
  SIGINT: (actions) => exitRequest(actions, 'SIGINT'),
  SIGQUIT: (actions) => exitRequest(actions, 'SIGQUIT'),
  SIGHUP: (actions) => {
    if (actions.shuttingDown()) {
      return actions.log.warn('ignored SIGHUP indicating restart request (shutdown in progress)');
    }
    actions.log.warn('received SIGHUP indicating restart request');
    actions.restart();
  },
  SIGUSR2: (actions) => {
    actions.log.info('received SIGUSR2 indicating log reopen request');
    actions.log.info('supervisord logreopen');
    actions.reopenLogs();
  },
};

function exitRequest(actions: SignalActions, name: string): void {
  actions.log.warn(`received ${name} indicating exit request`);
  actions.shutdown();
}

/** Until the returned function is called. `actions` is asked at each signal whose they are. */
export function onSignals(actions: () => SignalActions): () => void {
  const installed = Object.entries(handlers).map(([name, handler]) => {
    const listener = () => handler(actions());
    process.on(name, listener);
    return { name, listener };
  });
  return () => {
    for (const { name, listener } of installed) process.off(name, listener);
  };
}
