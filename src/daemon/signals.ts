// Signals to the daemon itself.
import type { ActivityLog } from '../data-plane/main/activity-log.ts';

export interface SignalActions {
  readonly log: ActivityLog;
  /** True once a shutdown was requested. */
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

/** Active until the returned function is called. `actions` is evaluated at each signal. */
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
