// The state of one supervisorctl run, and the type of commands.
import type { Server } from '../../client/server-address.ts';
import { SupervisorClient } from '../../client/supervisor-client.ts';
import { print } from '../output.ts';

export interface Session {
  /** Replaced by `open` and after a 401. */
  server: Server;
  /** For the whole run: the last error determines it. */
  exitStatus: number;
  /** Whether it may prompt the user. */
  readonly interactive: boolean;
  readonly questions: Questions;
  /** Python extensions named in the configuration, which cannot be loaded. */
  readonly plugins: readonly string[];
  /** Set by `quit` and its aliases. */
  ended: boolean;
}

/** Source of user input. */
export interface Questions {
  /** One line without its line end; null at the end of input, on Ctrl-C and if `signal` is aborted. */
  ask(prompt: string, signal?: AbortSignal): Promise<string | null>;
  /** The same without echo. */
  askSecret(prompt: string): Promise<string | null>;
}

export interface Command {
  /** Output of `help NAME`, line by line. */
  readonly help: readonly string[];
  run(session: Session, argument: string): Promise<void>;
}

export const exitStatuses = {
  generic: 1,
  invalidArguments: 2,
  notRunningStatus: 3,
  unreachable: 4,
  unknownStatus: 4,
  wrongVersion: 5,
  noSocket: 7,
  notRunning: 7,
} as const;

/** Runs `body` with a connection of its own, which is always closed. */
export async function withClient(
  session: Session,
  body: (client: SupervisorClient) => Promise<void>,
): Promise<void> {
  const client = new SupervisorClient(session.server);
  try {
    await body(client);
  } finally {
    client.close();
  }
}

/** Wrong usage: prints an error and the help. */
export function misuse(
  session: Session,
  what: string,
  help: readonly string[],
  status: number = exitStatuses.generic,
): void {
  fail(session, `Error: ${what}`, status);
  for (const line of help) print(line);
}

/** Prints why a command failed. */
export function fail(session: Session, line: string, status: number = exitStatuses.generic): void {
  print(line);
  session.exitStatus = status;
}
