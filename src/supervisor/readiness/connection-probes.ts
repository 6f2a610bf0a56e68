// Ready when a connection is accepted, even if the program closes it at once. Nothing is sent.
import type { Socket } from 'node:net';
import { SyscallError } from '../../linux/errno.ts';
import { probeSocket } from '../../linux/unix-probe.ts';
import { connectionFailure, failureOf } from './probe-failure.ts';
import type { ReadinessProbe } from './readiness-probe.ts';

/** Names are resolved in another thread, and their addresses tried one after the other. */
export function acceptsTcp(host: string, port: number): ReadinessProbe {
  return async (_, aborted) => {
    // Loaded when first used: it takes 1.3 MB of memory.
    const { createConnection } = await import('node:net');
    if (aborted.aborted) return 'aborted';
    const { promise, resolve } = Promise.withResolvers<string | null>();
    const socket = createConnection({ host, port });
    const onAbort = () => resolve('aborted');
    socket.on('connect', () => resolve(isItsOwnPeer(socket) ? connectionFailure('ECONNREFUSED') : null));
    socket.on('error', (error) => resolve(failureOf(error)));
    aborted.addEventListener('abort', onAbort, { once: true });
    return promise.finally(() => {
      aborted.removeEventListener('abort', onAbort);
      socket.destroy();
    });
  };
}

/**
 * A unix socket answers connect(2) at once; only a file system that hangs can block the daemon here. Its path is followed like the program's own clients follow it, links
 * included: the daemon sends and reads nothing, so another listener there gets no more than an empty connection.
 */
export function acceptsUnix(path: string): ReadinessProbe {
  return async () => {
    try {
      const { failure } = probeSocket(path);
      return failure && connectionFailure(failure);
    } catch (error) {
      if (!(error instanceof SyscallError)) throw error;
      return connectionFailure(error.code);
    }
  };
}

/**
 * The kernel chose the probed port for the daemon's end of the connection, which then is its own peer (simultaneous open,
 * RFC 9293 section 3.5). That happens when a program has not opened a port of net.ipv4.ip_local_port_range yet.
 */
function isItsOwnPeer({ localAddress, localPort, remoteAddress, remotePort }: Socket): boolean {
  return localPort === remotePort && localAddress === remoteAddress;
}
