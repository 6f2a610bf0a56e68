// What one run of supervisorctl carries from command to command, and what a command is.
import type { Server } from '../../client/server-address.ts';
import { SupervisorClient } from '../../client/supervisor-client.ts';
import { print } from '../output.ts';

export interface Session {
  /** `open` and the answer to a 401 put another one here. */
  server: Server;
  /** Of the whole run: the last problem met decides. */
  exitStatus: number;
  /** Whether questions may be asked. */
  readonly interactive: boolean;
  readonly questions: Questions;
  /** Extensions in Python that the configuration names and we cannot load. */
  readonly plugins: readonly string[];
  /** Set by `quit` and its like. */
  ended: boolean;
}

/** Where answers come from. */
export interface Questions {
  /** One line without its end; null at the end of input, on Ctrl-C and when `signal` is aborted. */
  ask(prompt: string, signal?: AbortSignal): Promise<string | null>;
  /** The same, not shown while it is typed. */
  askSecret(prompt: string): Promise<string | null>;
}

export interface Command {
  /** What `help NAME` prints, line by line. */
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

/** Runs `body` with a connection of its own, which is closed whatever happens. */
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

/** A command that was called in a way it cannot be: says so and shows how. */
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
