// The table of all methods.
import type { Method, MethodTable } from './method.ts';
import { batchMethods } from './methods/batches.ts';
import { bootMethods } from './methods/boot.ts';
import { configurationMethods } from './methods/configuration.ts';
import { controlMethods } from './methods/control.ts';
import { goalMethods } from './methods/goals.ts';
import { identityMethods } from './methods/identity.ts';
import { informationMethods } from './methods/information.ts';
import { inputMethods } from './methods/input.ts';
import { logMethods } from './methods/logs.ts';
import { rotateMethods } from './methods/rotate.ts';
import { ourNamespace, systemMethods } from './methods/system.ts';
import { usageMethods } from './methods/usage.ts';

/** `namespaces`: those of the configuration, in addition to `system`. */
export function methodTable(namespaces: readonly string[]): MethodTable {
  const methods = new Map<string, Method>();
  if (namespaces.includes('supervisor')) {
    for (const part of supervisorMethods) {
      for (const [name, method] of Object.entries(part)) methods.set(`supervisor.${name}`, method);
    }
    for (const [name, method] of Object.entries({
      ...{ ...rotateMethods, ...usageMethods, ...goalMethods, ...bootMethods, ...batchMethods },
    }))
      methods.set(`${ourNamespace}.${name}`, method);
  }
  for (const [name, method] of Object.entries(systemMethods(methods))) methods.set(`system.${name}`, method);
  return methods;
}

const supervisorMethods: readonly Readonly<Record<string, Method>>[] = [
  identityMethods,
  informationMethods,
  controlMethods,
  inputMethods,
  logMethods,
  configurationMethods,
];
