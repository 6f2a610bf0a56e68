import { describe, expect, test } from 'bun:test';
import { type Goal, verdictOn } from '../../../src/client/request-and-wait.ts';
import { processInfo } from './process-info.ts';

function verdict(goal: Goal, statename: string, spawnerr = '') {
  return verdictOn(processInfo({ statename, spawnerr }), goal);
}

describe('the wait for a start', () => {
  test('ends with RUNNING, and with a program that has exited as expected', () => {
    expect(verdict('start', 'RUNNING')).toEqual({ kind: 'done', text: 'started' });
    expect(verdict('start', 'EXITED')).toEqual({ kind: 'done', text: 'started, and ended' });
  });

  test('waits while the process is STARTING', () => {
    expect(verdict('start', 'STARTING')).toEqual({ kind: 'waiting', state: 'STARTING', reason: '' });
  });

  test('knows what the process waits for', () => {
    const need = { name: 'db', condition: 'ready', stuck: null, failure: null };
    const waiting = processInfo({
      statename: 'STARTING',
      description: 'waiting for db (ready)',
      waiting: [need],
    });
    expect(verdictOn(waiting, 'start')).toEqual({
      kind: 'waiting',
      state: 'STARTING',
      reason: 'waiting for db (ready)',
    });
  });

  test('ends when what the process waits for is down and stays so', () => {
    const need = { name: 'db', condition: 'ready', stuck: 'FATAL', failure: null };
    const stuck = processInfo({
      statename: 'STARTING',
      description: 'waiting for db (FATAL)',
      waiting: [need],
    });
    expect(verdictOn(stuck, 'start')).toEqual({ kind: 'failed', reason: 'waiting for db (FATAL)' });
  });

  test.each([
    ['BACKOFF', 'Exited too quickly', 'Exited too quickly; BACKOFF until it is tried again or given up'],
    ['FATAL', '', 'it does not stay up'],
    ['EXITED', 'Bad exit code 3', 'Bad exit code 3'],
    ['STOPPED', '', 'it is STOPPED now'],
    ['UNKNOWN', '', 'it is UNKNOWN now'],
  ])('learns that it failed: %s %s', (state, spawnerr, reason) => {
    expect(verdict('start', state, spawnerr)).toEqual({ kind: 'failed', reason });
  });
});

describe('one who waits for a stop', () => {
  test.each(['STOPPED', 'EXITED', 'FATAL'])('is content with %s', (state) => {
    expect(verdict('stop', state)).toEqual({ kind: 'done', text: 'stopped' });
  });

  test.each(['STOPPING', 'RUNNING', 'STARTING', 'BACKOFF'])('waits while the process is %s', (state) => {
    expect(verdict('stop', state)).toEqual({ kind: 'waiting', state, reason: '' });
  });

  test('learns that it failed: UNKNOWN', () => {
    expect(verdict('stop', 'UNKNOWN')).toMatchObject({ kind: 'failed' });
  });
});
