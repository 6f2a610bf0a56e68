// What signals to the daemon itself mean.
import type { ActivityLog } from '../streams/activity-log.ts';

export interface SignalActions {
  readonly log: ActivityLog;
  /** True from the moment a shutdown was asked for. */
  readonly shuttingDown: () => boolean;
  readonly shutdown: () => void;
  readonly restart: () => void;
  readonly reopenLogs: () => void;
}

type Handler = (actions: SignalActions) => void;

const handlers: Readonly<Record<string, Handler>> = {
  SIGTERM: (actions) => exitRequest(actions, 'SIGTERM'),
  SIGINT: (actions) => exitRequest(actions, 'SIGINT'),
  SIGQUIT: (actions) => exitRequest(actions, 'SIGQUIT'),
  SIGHUP: ({ log, shuttingDown, restart }) => {
    if (shuttingDown()) return log.warn('ignored SIGHUP indicating restart request (shutdown in progress)');
    log.warn('received SIGHUP indicating restart request');
    restart();
  },
  SIGUSR2: ({ log, reopenLogs }) => {
    log.info('received SIGUSR2 indicating log reopen request');
    log.info('supervisord logreopen');
    reopenLogs();
  },
};

function exitRequest({ log, shutdown }: SignalActions, name: string): void {
  log.warn(`received ${name} indicating exit request`);
  shutdown();
}

/** Until the returned function is called. */
export function onSignals(actions: SignalActions): () => void {
  const installed = Object.entries(handlers).map(([name, handler]) => {
    const listener = () => handler(actions);
    process.on(name, listener);
    return { name, listener };
  });
  return () => {
    for (const { name, listener } of installed) process.off(name, listener);
  };
}
