// The version of the program, from package.json alone.
import packageJson from '../package.json' with { type: 'json' };

export const version = packageJson.version;
/** The Supervisor release whose behaviour clients are promised; what getSupervisorVersion answers. */
export const compatibleVersion = '4.2.5';
