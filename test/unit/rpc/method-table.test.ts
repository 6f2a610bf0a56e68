import { describe, expect, test } from 'bun:test';
import { methodTable } from '../../../src/rpc/method-table.ts';

/** What the original's methodSignature answers. */
const signatures: Readonly<Record<string, string>> = {
  'supervisor.addProcessGroup': 'boolean,string',
  'supervisor.clearAllProcessLogs': 'array',
  'supervisor.clearLog': 'boolean',
  'supervisor.clearProcessLog': 'boolean,string',
  'supervisor.clearProcessLogs': 'boolean,string',
  'supervisor.getAPIVersion': 'string',
  'supervisor.getAllConfigInfo': 'array',
  'supervisor.getAllProcessInfo': 'array',
  'supervisor.getIdentification': 'string',
  'supervisor.getPID': 'int',
  'supervisor.getProcessInfo': 'struct,string',
  'supervisor.getState': 'struct',
  'supervisor.getSupervisorVersion': 'string',
  'supervisor.getVersion': 'string',
  'supervisor.readLog': 'string,int,int',
  'supervisor.readMainLog': 'string,int,int',
  'supervisor.readProcessLog': 'string,string,int,int',
  'supervisor.readProcessStderrLog': 'string,string,int,int',
  'supervisor.readProcessStdoutLog': 'string,string,int,int',
  'supervisor.reloadConfig': 'array',
  'supervisor.removeProcessGroup': 'boolean,string',
  'supervisor.restart': 'boolean',
  'supervisor.sendProcessStdin': 'boolean,string,string',
  'supervisor.sendRemoteCommEvent': 'boolean,string,string',
  'supervisor.shutdown': 'boolean',
  'supervisor.signalAllProcesses': 'array,string',
  'supervisor.signalProcess': 'boolean,string,string',
  'supervisor.signalProcessGroup': 'array,string,string',
  'supervisor.startAllProcesses': 'array,boolean',
  'supervisor.startProcess': 'boolean,string,boolean',
  'supervisor.startProcessGroup': 'array,string,boolean',
  'supervisor.stopAllProcesses': 'array,boolean',
  'supervisor.stopProcess': 'boolean,string,boolean',
  'supervisor.stopProcessGroup': 'array,string,boolean',
  'supervisor.tailProcessLog': 'array,string,int,int',
  'supervisor.tailProcessStderrLog': 'array,string,int,int',
  'supervisor.tailProcessStdoutLog': 'array,string,int,int',
  'system.listMethods': 'array',
  'system.methodHelp': 'string,string',
  'system.methodSignature': 'array,string',
  'system.multicall': 'array,array',
  'tsupervisor.getAllProcessGoals': 'array',
  'tsupervisor.getBoot': 'struct',
  'tsupervisor.getProcessGoal': 'struct,string',
  'tsupervisor.getAllProcessUsage': 'array',
  'tsupervisor.getProcessUsage': 'struct,string',
  'tsupervisor.rotateLog': 'boolean,string',
  'tsupervisor.restartProcesses': 'array,array',
  'tsupervisor.rotateMainLog': 'boolean',
  'tsupervisor.startProcesses': 'array,array,boolean',
  'tsupervisor.stopProcesses': 'array,array,boolean',
};

const table = methodTable(['supervisor']);

describe('the table of methods', () => {
  test('has those of the original, further ones in a namespace of their own, and no others', () => {
    expect([...table.keys()].sort()).toEqual(Object.keys(signatures).sort());
  });

  test.each(Object.entries(signatures))('%s has the types %s', (name, signature) => {
    const method = table.get(name);
    expect([method?.returns.type, ...(method?.params ?? []).map(({ type }) => type)].join(',')).toBe(
      signature,
    );
  });

  test('of an alias is that of the method', () => {
    expect(table.get('supervisor.getVersion')).toBe(table.get('supervisor.getAPIVersion'));
    expect(table.get('supervisor.readMainLog')).toBe(table.get('supervisor.readLog'));
    expect(table.get('supervisor.readProcessLog')).toBe(table.get('supervisor.readProcessStdoutLog'));
    expect(table.get('supervisor.tailProcessLog')).toBe(table.get('supervisor.tailProcessStdoutLog'));
    expect(table.get('supervisor.clearProcessLog')).toBe(table.get('supervisor.clearProcessLogs'));
  });

  test('without the section that asks for them has none of the supervisor namespace', () => {
    expect([...methodTable([]).keys()].every((name) => name.startsWith('system.'))).toBe(true);
  });
});
