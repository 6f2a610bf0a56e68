// Methods that return the identity and state of the supervisor.
import { shutdown } from '../../operations/end.ts';
import { supervisorStateCodes } from '../../supervisor/supervisor.ts';
import { compatibleVersion } from '../../version.ts';
import { type Method, method, noParams, query } from '../method.ts';

/** Clients refuse any other version. */
const apiVersion = '3.0';

const getAPIVersion = query(
  'Tells which version of the RPC interface this is.',
  { type: 'string', text: 'The version' },
  noParams(() => apiVersion),
);

export const identityMethods: Readonly<Record<string, Method>> = {
  getAPIVersion,
  getVersion: getAPIVersion,

  getSupervisorVersion: query(
    'Tells with which version of Supervisor this daemon is compatible.',
    { type: 'string', text: 'The version' },
    noParams(() => compatibleVersion),
  ),

  getIdentification: query(
    'Tells the identifier that the configuration gives this daemon.',
    { type: 'string', text: 'The identifier' },
    noParams(({ identifier }) => identifier),
  ),

  getPID: query(
    'Tells the process id of the daemon itself.',
    { type: 'int', text: 'The process id' },
    noParams(() => process.pid),
  ),

  getState: query(
    'Tells the state of the daemon itself.',
    { type: 'struct', text: 'statecode (int) and statename (string)' },
    noParams(({ supervisor }) => ({
      statecode: supervisorStateCodes[supervisor.state],
      statename: supervisor.state,
    })),
  ),

  shutdown: method(
    'Stops all processes, then ends the daemon.',
    { type: 'boolean', text: 'Always true; the end comes after the answer' },
    noParams(({ supervisor }) => {
      shutdown(supervisor);
      return true;
    }),
  ),
};
