// Preloaded into a daemon that is run from its sources: a bug, to the supervisor's start of all programs.
import { Supervisor } from '../../src/supervisor/supervisor.ts';

Supervisor.prototype.run = () => Promise.reject(new TypeError('a bug'));
