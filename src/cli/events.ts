// `tsupervisor events`: state changes as they happen, as text or JSON.
import { type FollowEnd, followStream } from '../client/follow-stream.ts';
import type { Server } from '../client/server-address.ts';
import { EventStreamReader, type ServerSentEvent } from '../client/server-sent-events.ts';
import { concreteTypesBelow, stateChangeTypes } from '../events/types.ts';
import { print, printError } from './output.ts';
import { explainServerError } from './shared/explain.ts';
import { untilInterrupted } from './shared/interrupt.ts';
import { controlCommand, exitStatuses, runControl, withServer } from './shared/program.ts';
import { coloured } from './shared/style.ts';

const eventsPath = '/api/v1/events';

export async function run(args: readonly string[]): Promise<number> {
  let status: number = exitStatuses.done;
  const command = controlCommand('events', 'Show state changes as they happen, until Ctrl-C.')
    .argument(
      '[type...]',
      'only types that start with this: PROCESS_STATE, PROCESS_STATE_FATAL, PROCESS_GROUP, ...',
    )
    .option('--json', 'one JSON object per line, for scripts')
    .action(async (types, options) => {
      const unknown = types.find((type) => !knownTypes.some((known) => begins(known, type)));
      if (unknown !== undefined) {
        printError(
          `tsupervisor: no type of event begins with '${unknown}'; there are ${knownTypes.join(', ')}`,
        );
        status = exitStatuses.usage;
        return;
      }
      status = await withServer(options, (_, server) => showEvents(server, types, options.json === true));
    });
  return runControl(command, args, () => status);
}

/** Case-insensitive prefix match. */
function begins(type: string, typed: string): boolean {
  return type.startsWith(typed.toUpperCase());
}

const knownTypes = stateChangeTypes.flatMap(concreteTypesBelow);

async function showEvents(server: Server, types: readonly string[], json: boolean): Promise<number> {
  const reader = new EventStreamReader((event) => {
    if (types.length > 0 && !types.some((type) => begins(event.type, type))) return;
    print(json ? asJson(event) : asText(event));
  });
  let status: number = exitStatuses.done;
  await untilInterrupted(async (interrupted) => {
    const end = await followStream(server, eventsPath, (bytes) => reader.write(bytes), interrupted);
    if (end.kind === 'ended') return;
    printError(`tsupervisor: ${reasonOf(end, server.url)}`);
    status = exitStatuses.unreachable;
  });
  return status;
}

function reasonOf(end: Exclude<FollowEnd, { kind: 'ended' }>, url: string): string | null {
  if (end.kind === 'failed') return explainServerError(end.error, url);
  const reason = end.status === 404 ? 'this supervisord has no stream of events' : `answered ${end.status}`;
  return `${url}: ${reason}`;
}

function asJson({ type, data }: ServerSentEvent): string {
  return JSON.stringify({ type, time: new Date().toISOString(), ...members(data) });
}

/** Local time, type and details of the event. */
function asText({ type, data }: ServerSentEvent): string {
  const time = coloured(new Date().toTimeString().slice(0, 8), 'grey');
  const details = Object.entries(members(data)).map(([name, value]) => `${name}:${String(value)}`);
  return [time, type, ...details].join(' ');
}

function members(data: string): object {
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === 'object' && value !== null ? value : { data: value };
  } catch {
    return { data };
  }
}
