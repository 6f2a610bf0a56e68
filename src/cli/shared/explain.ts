// Explains errors of the server or the connection to users.
import { ConnectionError } from '../../client/connection.ts';
import { UnexpectedAnswerError } from '../../client/decode-answer.ts';
import { BadResponseError } from '../../client/http-response.ts';
import { FaultError, HttpStatusError } from '../../client/rpc-client.ts';
import { ServerUrlError } from '../../client/server-address.ts';
import { XmlRpcError } from '../../xmlrpc/decode.ts';
import { faultCodes } from '../../xmlrpc/faults.ts';

const connectionWords = new Map([
  ['ENOENT', 'the socket does not exist (is supervisord running? try tsupervisor doctor)'],
  ['ECONNREFUSED', 'connection refused (is supervisord running? try tsupervisor doctor)'],
  ['EACCES', 'no permission to use the socket'],
  ['ENOTFOUND', 'unknown host'],
  ['ETIMEDOUT', 'timeout'],
  ['EOF', 'the connection was closed without a response'],
  ['ECONNRESET', 'the connection was closed'],
]);

/** One line, or null if `error` is neither from the server nor the connection. */
export function explainServerError(error: unknown, url: string): string | null {
  if (error instanceof ConnectionError) return `${url}: ${connectionWords.get(error.code) ?? error.code}`;
  if (error instanceof HttpStatusError && error.status === 401) {
    return `${url}: user name and password required (-u and -p, or [supervisorctl] in the configuration)`;
  }
  if (error instanceof HttpStatusError) return `${url}: HTTP status ${error.status} ${error.reason}`;
  if (error instanceof FaultError && error.code === faultCodes.SHUTDOWN_STATE) {
    return `${url}: supervisord is shutting down`;
  }
  if (error instanceof FaultError) return `${url}: ${error.text}`;
  if (error instanceof ServerUrlError) return error.message;
  const isNonsense =
    error instanceof BadResponseError ||
    error instanceof XmlRpcError ||
    error instanceof UnexpectedAnswerError;
  return isNonsense ? `${url}: invalid response (${error.message}); is this supervisord?` : null;
}
