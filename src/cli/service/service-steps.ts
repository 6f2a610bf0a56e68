// The steps of installing and removing a service.
import type { SystemdManager, UnitState } from '../../systemd/manager.ts';
import { type Step, StepError } from './steps.ts';
import { readIfThere, replaceFile } from './unit-file.ts';

/** Writes `text` to `path`, or removes the file if it is null, and reloads systemd. */
export function unitFileStep(manager: SystemdManager, path: string, text: string | null): Step {
  const before = readIfThere(path);
  return {
    title: text === null ? `removing ${path}` : `writing ${path}`,
    async run() {
      if (before === text) return text === null ? 'does not exist' : 'unchanged';
      replaceFile(path, text);
      await manager.reload();
      return before !== null && text !== null ? 'done, replaced an existing one' : undefined;
    },
    undo:
      before === text
        ? null
        : async () => {
            replaceFile(path, before);
            await manager.reload();
          },
  };
}

export function enableStep(manager: SystemdManager, unit: string, { fileState }: UnitState): Step {
  const wasEnabled = fileState === 'enabled';
  return {
    title: `enabling ${unit} at boot`,
    run: async () => ((await manager.enable(unit)) ? undefined : 'already enabled'),
    undo: wasEnabled ? null : () => manager.disable(unit),
  };
}

export function disableStep(manager: SystemdManager, unit: string, { fileState }: UnitState): Step {
  return {
    title: `disabling ${unit}`,
    async run() {
      // systemd refuses to disable a unit without a file, such as a service that is still running after its file was
      // removed.
      if (fileState === '') return 'not enabled';
      if (fileState === 'generated')
        throw new StepError(`${unit} is an init script: run \`systemctl disable ${unit}\`, then try again`);
      return (await manager.disable(unit)) ? undefined : 'not enabled';
    },
    undo: fileState === 'enabled' ? () => manager.enable(unit) : null,
  };
}

export function startStep(manager: SystemdManager, unit: string, { activeState }: UnitState): Step {
  if (activeState === 'active') {
    return { title: `starting ${unit}`, run: async () => 'already running', undo: null };
  }
  return {
    title: `starting ${unit}`,
    async run() {
      const result = await manager.start(unit);
      if (result === 'done') return (await manager.stateOf(unit)).statusText || undefined;
      const { statusText } = await manager.stateOf(unit);
      const reason = statusText ? `: ${statusText}` : '';
      throw new StepError(`${unit} did not start (${result})${reason}; see journalctl -u ${unit}`);
    },
    async undo() {
      await manager.stop(unit);
      await manager.forgetFailure(unit);
    },
  };
}

export function stopStep(manager: SystemdManager, unit: string, { activeState }: UnitState): Step {
  const runs = isUp(activeState);
  return {
    title: `stopping ${unit}`,
    async run() {
      if (!runs) return 'not running';
      const result = await manager.stop(unit);
      if (result !== 'done') throw new StepError(`${unit} did not stop (${result})`);
      return undefined;
    },
    undo: runs ? () => manager.start(unit) : null,
  };
}

/** Running or starting. */
export function isUp(activeState: string): boolean {
  return activeState !== 'inactive' && activeState !== 'failed';
}
