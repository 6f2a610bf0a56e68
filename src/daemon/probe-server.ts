// Probes one of the daemon's own HTTP servers, as a client would.
import type { ServerConfig } from '../config/config.ts';

/** `silent`: the kernel accepted the connection, but no byte came back in time. */
export type ProbeResult = 'answered' | 'silent' | 'unreachable';

const request = 'GET /ok.html HTTP/1.0\r\n\r\n';

/** Never throws. Any response counts, including an error status. */
export async function probeServer(server: ServerConfig, timeoutMs: number): Promise<ProbeResult> {
  const { promise, resolve } = Promise.withResolvers<ProbeResult>();
  const timer = setTimeout(resolve, timeoutMs, 'silent');
  const connecting = connect(server, {
    open: (socket) => {
      socket.write(request);
    },
    data: () => resolve('answered'),
    close: () => resolve('unreachable'),
    error: () => resolve('unreachable'),
    connectError: () => resolve('unreachable'),
  });
  connecting.catch(() => resolve('unreachable'));
  const result = await promise;
  clearTimeout(timer);
  connecting.then(
    (socket) => socket.terminate(),
    () => {},
  );
  return result;
}

function connect(server: ServerConfig, socket: Bun.SocketHandler<undefined>): Promise<Bun.Socket<undefined>> {
  if (server.kind === 'unix') return Bun.connect({ unix: server.path, socket });
  const hostname = addressOfAll[server.host] ?? server.host;
  return Bun.connect({ hostname, port: server.port, socket });
}

/** A server on the wildcard address also listens on loopback. */
const addressOfAll: Readonly<Record<string, string>> = {
  '': '127.0.0.1',
  '0.0.0.0': '127.0.0.1',
  '::': '::1',
};
