// OpenAPI 3.1 description of /api/v1, generated from the method table.

import { channels } from '../config/channel.ts';
import type { Method, MethodTable, Param, RpcTypeName } from '../rpc/method.ts';
import { version } from '../version.ts';
import { faultCodes } from '../xmlrpc/faults.ts';
import { apiPath } from './api-error.ts';

/** The document as plain data. */
export function openApiDocument(table: MethodTable): object {
  const methods = [...table].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return {
    openapi: '3.1.0',
    info: {
      title: 'tsupervisor',
      version,
      description:
        'The methods of the XML-RPC interface, with JSON. Faults of methods become statuses from 400 on.',
    },
    servers: [{ url: apiPath }],
    security: [{ basic: [] }, {}],
    paths: Object.fromEntries([
      ...methods.map(([name, method]) => [`/${name}`, pathItem(name, method)]),
      ...Object.entries(streams),
    ]),
    components: {
      securitySchemes: { basic: { type: 'http', scheme: 'basic' } },
      responses: {
        Refused: {
          description: 'Refused: the fault of the method, or what is wrong with the request',
          content: { 'application/json': { schema: refused } },
        },
      },
    },
  };
}

const refused = {
  type: 'object',
  required: ['error'],
  properties: {
    error: { type: 'string' },
    fault: {
      type: 'object',
      properties: {
        code: {
          type: 'integer',
          enum: Object.values(faultCodes).filter((code) => code !== faultCodes.SUCCESS),
        },
        name: { type: 'string', enum: Object.keys(faultCodes).filter((name) => name !== 'SUCCESS') },
      },
    },
  },
};

const refusedResponse = { $ref: '#/components/responses/Refused' };

const eventStream = {
  description: 'Without end',
  content: { 'text/event-stream': { schema: { type: 'string' } } },
};

const logParameters = [
  { name: 'name', in: 'path', required: true, schema: { type: 'string' } },
  { name: 'channel', in: 'path', required: true, schema: { type: 'string', enum: channels } },
];

/** Endpoints that are not methods: server-sent events and raw logs. */
const streams = {
  '/events': {
    get: {
      operationId: 'events',
      summary: 'Changes of state, as they happen',
      responses: { 200: eventStream, default: refusedResponse },
    },
  },
  '/logs/{name}/{channel}': {
    get: {
      operationId: 'logs',
      summary: 'What a process writes, as it is written',
      parameters: logParameters,
      responses: { 200: eventStream, default: refusedResponse },
    },
  },
  '/logs/{name}/{channel}/text': {
    get: {
      operationId: 'logText',
      summary: 'The last lines of a log, byte for byte',
      parameters: [
        ...logParameters,
        {
          name: 'lines',
          in: 'query',
          description: 'How many of them',
          schema: { type: 'integer', minimum: 0, maximum: 9_999_999, default: 10 },
        },
        {
          name: 'follow',
          in: 'query',
          description: 'Whether what is added is sent too, without end',
          schema: { type: 'boolean', default: false },
        },
      ],
      responses: {
        200: {
          description: 'The bytes of the log, with a line where something is missing',
          content: { 'text/plain': { schema: { type: 'string' } } },
        },
        default: refusedResponse,
      },
    },
  },
};

function pathItem(name: string, method: Method): object {
  const common = {
    summary: method.help,
    responses: {
      200: {
        description: method.returns.text,
        content: {
          'application/json': {
            schema: {
              type: 'object',
              required: ['result'],
              properties: { result: schemaOf(method.returns.type) },
            },
          },
        },
      },
      default: refusedResponse,
    },
  };
  const post = { operationId: name, ...common, requestBody: requestBody(method.params) };
  if (!method.safe) return { post };
  const get = { operationId: `${name}.get`, ...common, parameters: method.params.map(queryParameter) };
  return { get, post };
}

function requestBody(params: readonly Param[]): object {
  const properties = Object.fromEntries(
    params.map(({ name, type, text }) => [name, { ...schemaOf(type), description: text }]),
  );
  const required = params.filter(({ optional }) => !optional).map(({ name }) => name);
  const schema = { type: 'object', properties, required, additionalProperties: false };
  return { required: required.length > 0, content: { 'application/json': { schema } } };
}

function queryParameter({ name, type, text, optional }: Param): object {
  return { name, in: 'query', required: !optional, description: text, schema: schemaOf(type) };
}

function schemaOf(type: RpcTypeName): object {
  switch (type) {
    case 'int':
      return { type: 'integer' };
    case 'array':
      return { type: 'array', items: {} };
    case 'struct':
      return { type: 'object' };
    default:
      return { type };
  }
}
