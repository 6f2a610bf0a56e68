// Detects a daemon still running an executable that an upgrade has replaced.
import { readlinkSync } from 'node:fs';
import { FaultError } from '../../client/rpc-client.ts';
import { parseServerUrl, type Server } from '../../client/server-address.ts';
import type { SupervisorClient } from '../../client/supervisor-client.ts';
import { isReplaced } from '../../doctor/facts/daemon-command.ts';
import { printError } from '../output.ts';

/** Warns if the server is such a daemon on this machine, as far as permissions allow to tell. */
export async function warnOfOldVersion(client: SupervisorClient, server: Server): Promise<void> {
  if (!isHere(server)) return;
  const pid = await pidOf(client);
  if (pid === null || !isReplaced({ executable: executableOf(pid) })) return;
  printError(
    `tsupervisor: the daemon (pid ${pid}) still runs the version from before an upgrade (tsupervisor doctor shows what to do)`,
  );
}

function isHere({ url }: Server): boolean {
  const address = parseServerUrl(url);
  return address.kind === 'unix' || /^(?:localhost|127\.[\d.]+|::1)$/.test(address.host);
}

async function pidOf(client: SupervisorClient): Promise<number | null> {
  try {
    return await client.pid();
  } catch (error) {
    if (error instanceof FaultError) return null;
    throw error;
  }
}

function executableOf(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return null;
  }
}
