// Creates a group with its processes, by the kind of group.
import type { GroupConfig } from '../../config/config.ts';
import type { DaemonContext } from '../daemon-context.ts';
import { Group } from '../group.ts';
import { Process } from '../process.ts';
import { activateFastCgiGroup } from './fastcgi-group.ts';
import { activateListenerPool } from './listener-pool.ts';

/** Throws SyscallError when an AUTO log cannot be created. */
export function activateGroup(config: GroupConfig, daemon: DaemonContext): Group {
  switch (config.kind) {
    case 'programs':
      return new Group(
        config,
        config.processes.map((process) => new Process(process, config.name, daemon)),
      );
    case 'eventlistener':
      return activateListenerPool(config, daemon);
    case 'fastcgi':
      return activateFastCgiGroup(config, daemon);
  }
}
