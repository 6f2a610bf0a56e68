// The socket of [fcgi-program:x].
import { ConfigError, type FastCgiGroupConfig } from './config.ts';
import { fastCgiOptions as options } from './options/group.ts';
import type { SectionReader } from './section-reader.ts';
import { type Owner, unchanged } from './values/accounts.ts';
import { fastCgiSocket } from './values/addresses.ts';

type SocketPart = Pick<FastCgiGroupConfig, 'socket' | 'socketUrl' | 'backlog'>;

const defaultMode = 0o700;
const nowhere: SocketPart = {
  socket: { kind: 'tcp', host: '', port: 0 },
  socketUrl: '',
  backlog: null,
};

/** In the order in which errors are reported. */
export function readFastCgiSocket(reader: SectionReader): SocketPart {
  const user = reader.read(options.user);
  const backlog = reader.read(options.backlog);
  if (backlog !== null && (backlog < 1 || backlog > 65535))
    reader.complain(options.backlog, `Invalid socket_backlog value ${backlog}`);
  const owner = reader.read(options.owner);
  const mode = reader.read(options.mode);
  const text = reader.read(options.socket);
  const { name } = reader.section;
  if (text === null || text === '') {
    if (text === '' || !reader.setting(options.socket))
      reader.complain(options.socket, `[${name}] section requires a "socket" line`);
    return nowhere;
  }
  if (!text.startsWith('unix://') && (owner !== null || mode !== null))
    reader.complain(
      options.socket,
      'socket_owner and socket_mode params should only be used with a Unix domain socket' +
        ` in [${name}] socket`,
    );
  const address = reader.attempt(
    options.socket,
    () => addressIn(reader, text),
    () => null,
  );
  if (address === null) return nowhere;
  if (address.kind === 'tcp')
    return { socket: address, socketUrl: `tcp://${address.host}:${address.port}`, backlog };
  const defaultOwner: Owner =
    user !== null && user.uid !== reader.host.uid ? { uid: user.uid, gid: user.gid } : unchanged;
  const socket = { ...address, mode: mode ?? defaultMode, owner: owner ?? defaultOwner };
  return { socket, socketUrl: `unix://${address.path}`, backlog };
}

function addressIn(reader: SectionReader, text: string): ReturnType<typeof fastCgiSocket.parse> {
  try {
    return fastCgiSocket.parse(text, reader.host);
  } catch (error) {
    if (error instanceof ConfigError)
      throw error.withMessage(`${error.message} in [${reader.section.name}] socket`);
    throw error;
  }
}
