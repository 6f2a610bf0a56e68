// The message for unexpected errors. Scripts match its beginning, which names Python's exception.
import { ConnectionError } from '../../client/connection.ts';
import { UnexpectedAnswerError } from '../../client/decode-answer.ts';
import { BadResponseError } from '../../client/http-response.ts';
import { FaultError, HttpStatusError } from '../../client/rpc-client.ts';
import { ServerUrlError } from '../../client/server-address.ts';
import { pythonRepr } from '../../python/repr.ts';
import { XmlRpcError } from '../../xmlrpc/decode.ts';

/** `error: <class 'TYPE'>, TEXT: file: supervisorctl line: 0`; the original appends its own source file and line. */
export function unexpectedErrorLine(error: unknown): string {
  const { type, text } = asPythonException(error);
  return `error: <class '${type}'>, ${text}: file: supervisorctl line: 0`;
}

export interface PythonException {
  readonly type: string;
  readonly text: string;
}

/** Name and text of the original's exception for the same error. */
export function asPythonException(error: unknown): PythonException {
  if (error instanceof FaultError) return { type: 'xmlrpc.client.Fault', text: faultText(error) };
  if (error instanceof ConnectionError) return connectionException(error.code);
  if (error instanceof HttpStatusError) {
    const text = `<ProtocolError for 127.0.0.1/RPC2: ${error.status} ${error.reason}>`;
    return { type: 'xmlrpc.client.ProtocolError', text };
  }
  if (error instanceof ServerUrlError) return { type: 'ValueError', text: error.message };
  if (error instanceof BadResponseError) return { type: 'http.client.BadStatusLine', text: error.message };
  if (error instanceof XmlRpcError) {
    return { type: 'xml.parsers.expat.ExpatError', text: error.detail || error.message };
  }
  if (error instanceof UnexpectedAnswerError) return { type: 'TypeError', text: error.message };
  if (error instanceof CommandError) return { type: error.type, text: error.message };
  return { type: 'Exception', text: error instanceof Error ? error.message : String(error) };
}

/** An error of a command that ends it with the line above. */
export class CommandError extends Error {
  override readonly name = 'CommandError';

  constructor(
    readonly type: 'ValueError' | 'EOFError',
    message: string,
  ) {
    super(message);
  }
}

/** `<Fault 6: 'SHUTDOWN_STATE'>` */
export function faultText(fault: FaultError): string {
  return `<Fault ${fault.code}: ${pythonRepr(fault.text)}>`;
}

/** By errno name: exception class, number and the C library's text. */
const connectionExceptions = new Map<string, PythonException>([
  ['ENOENT', { type: 'FileNotFoundError', text: '[Errno 2] No such file or directory' }],
  ['EACCES', { type: 'PermissionError', text: '[Errno 13] Permission denied' }],
  ['EPERM', { type: 'PermissionError', text: '[Errno 1] Operation not permitted' }],
  ['ENOTDIR', { type: 'NotADirectoryError', text: '[Errno 20] Not a directory' }],
  ['EPIPE', { type: 'BrokenPipeError', text: '[Errno 32] Broken pipe' }],
  ['ENETUNREACH', { type: 'OSError', text: '[Errno 101] Network is unreachable' }],
  ['ECONNRESET', { type: 'ConnectionResetError', text: '[Errno 104] Connection reset by peer' }],
  ['ETIMEDOUT', { type: 'TimeoutError', text: '[Errno 110] Connection timed out' }],
  ['ECONNREFUSED', { type: 'ConnectionRefusedError', text: '[Errno 111] Connection refused' }],
  ['EHOSTUNREACH', { type: 'OSError', text: '[Errno 113] No route to host' }],
  ['EAGAIN', { type: 'BlockingIOError', text: '[Errno 11] Resource temporarily unavailable' }],
  // The only cause of EINVAL for a socket path.
  ['EINVAL', { type: 'OSError', text: 'AF_UNIX path too long' }],
  ['ENAMETOOLONG', { type: 'OSError', text: 'AF_UNIX path too long' }],
  ['ENOTFOUND', { type: 'socket.gaierror', text: '[Errno -2] Name or service not known' }],
  ['EOF', { type: 'http.client.RemoteDisconnected', text: 'Remote end closed connection without response' }],
]);

function connectionException(code: string): PythonException {
  return connectionExceptions.get(code) ?? { type: 'OSError', text: code };
}
