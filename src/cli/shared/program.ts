// Shared by our own commands: options that select the server, exit statuses, errors.
import { Command, CommanderError } from '@commander-js/extra-typings';
import { ConnectionError } from '../../client/connection.ts';
import { FaultError } from '../../client/rpc-client.ts';
import type { Server } from '../../client/server-address.ts';
import { ServerUrlError } from '../../client/server-address.ts';
import { SupervisorClient } from '../../client/supervisor-client.ts';
import { ConfigError } from '../../config/config.ts';
import { faultCodes } from '../../xmlrpc/faults.ts';
import { printError, write } from '../output.ts';
import { explainServerError } from './explain.ts';
import { warnOfLocalConfig } from './search-warning.ts';
import { chooseServer, type ServerOptions } from './server.ts';

export const exitStatuses = {
  done: 0,
  failed: 1,
  usage: 2,
  notRunning: 3,
  unknownName: 4,
  unreachable: 5,
} as const;

const exitHelp = `
Exit status: 0 done; 1 something failed; 2 wrong usage or configuration; 3 (status) something is not running;
4 no process matches a name; 5 supervisord cannot be reached or refuses.`;

/** A command with the common options. */
export function controlCommand(name: string, summary: string) {
  return new Command(`tsupervisor ${name}`)
    .description(summary)
    .option('-c, --configuration <file>', 'the configuration file (default: search the usual places)')
    .option('-s, --serverurl <url>', 'where supervisord listens: unix:///path or http://host:port')
    .option('-u, --username <name>', 'the user name, if the server requires one')
    .option('-p, --password <password>', 'the password of that user')
    .addHelpText('after', exitHelp)
    .exitOverride()
    .configureOutput({ writeOut: (text) => write(1, text), writeErr: (text) => write(2, text) });
}

/** Parses `args` and runs the command's action. Resolves to the exit status. */
export async function runControl(
  command: { parseAsync(args: readonly string[], options: { from: 'user' }): Promise<unknown> },
  args: readonly string[],
  status: () => number,
): Promise<number> {
  try {
    await command.parseAsync(args, { from: 'user' });
    return status();
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitStatuses.done : exitStatuses.usage;
    if (!(error instanceof ConfigError)) throw error;
    printError(`tsupervisor: ${error.message}`);
    return exitStatuses.usage;
  }
}

/** Calls `body` with a client for the selected server; errors of the server or connection become one line. */
export async function withServer(
  options: ServerOptions,
  body: (client: SupervisorClient, server: Server) => Promise<number>,
): Promise<number> {
  warnOfLocalConfig(options.configuration);
  const server = chooseServer(options);
  const client = new SupervisorClient(server);
  try {
    return await body(client, server);
  } catch (error) {
    const line = explainServerError(error, server.url);
    if (line === null) throw error;
    const note = error instanceof ConnectionError ? server.note : null;
    printError(`tsupervisor: ${note === null ? '' : `${note}; `}${line}`);
    return isOfConfiguration(error) ? exitStatuses.usage : exitStatuses.unreachable;
  } finally {
    client.close();
  }
}

/** The server can be reached, but its configuration, or the client's, is invalid. */
function isOfConfiguration(error: unknown): boolean {
  return (
    error instanceof ServerUrlError || (error instanceof FaultError && error.code === faultCodes.CANT_REREAD)
  );
}
