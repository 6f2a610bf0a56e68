// TCP ports for the servers of tests, of which many start at the same time.
import { closeSync, mkdirSync, openSync, statSync, utimesSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

/** Below the ports that the kernel gives to clients (ip_local_port_range), so that no connection takes one meanwhile. */
const firstPort = 10_000;
const portCount = 20_000;
/** Longer than a test file runs. */
const reservedMs = 600_000;

/** A TCP port of 127.0.0.1 that nothing listens on, and that no other test is given for ten minutes. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = firstPort + Math.floor(Math.random() * portCount);
    if (reserve(port) && (await canListen(port))) return port;
  }
}

/** By a file that all test processes of this user see; false if another test has the port. */
function reserve(port: number): boolean {
  const directory = join(tmpdir(), `tsv-ports-${userInfo().uid}`);
  const path = join(directory, String(port));
  mkdirSync(directory, { recursive: true });
  try {
    closeSync(openSync(path, 'wx'));
    return true;
  } catch {
    if (Date.now() - statSync(path).mtimeMs < reservedMs) return false;
    utimesSync(path, new Date(), new Date());
    return true;
  }
}

async function canListen(port: number): Promise<boolean> {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<boolean>();
  server.once('error', () => resolve(false));
  server.listen(port, '127.0.0.1', () => resolve(true));
  const isFree = await promise;
  if (isFree) await new Promise((closed) => server.close(closed));
  return isFree;
}
