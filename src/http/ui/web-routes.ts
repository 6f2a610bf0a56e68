// The routes of the page: the original's URLs, and `/ui`.
import { parseProcessName } from '../../config/process-name.ts';
import type { LogPaths } from '../../logs/reading/log-files.ts';
import type { OperationContext } from '../../operations/context.ts';
import { reload, shutdown } from '../../operations/end.ts';
import { OperationError } from '../../operations/operation-error.ts';
import { eventStream } from '../event-stream.ts';
import { readJson } from '../json-body.ts';
import { json } from '../json-response.ts';
import { forPeer, requesterOf } from '../peer.ts';
import type { HttpRequest } from '../request.ts';
import { errorResponse, type HttpResponse } from '../response.ts';
import { at, type Route } from '../router.ts';
import { isProvenSameOrigin } from '../same-origin.ts';
import type { FeedEvents, ProcessDetails } from './api-types.ts';
import { assetRoutes, neverKept, page, pageHeaders } from './assets.ts';
import { bootView } from './boot-view.ts';
import { classicAction } from './classic-actions.ts';
import { feed } from './feed.ts';
import { History } from './history.ts';
import { lastOutput } from './last-output.ts';
import { logRoutes } from './log-routes.ts';
import { operate, operationRequest } from './operations.ts';
import { OrderViews } from './order-view.ts';
import { processDetails } from './process-details.ts';
import { progressResponse } from './progress.ts';
import { tailPage } from './tail-page.ts';
import { carryOutUpdate, previewUpdate } from './update.ts';
import { UsageSampler } from './usage-sampler.ts';

const uiPath = '/ui';

/** For every server of one daemon instance, whose events are recorded from now on. */
export function webRoutes(context: OperationContext): readonly Route[] {
  const { supervisor, identifier, mainLogPath } = context;
  const history = new History(supervisor);
  const sources = {
    ...{ supervisor, history, identifier, mainLogPath },
    ...{ sampler: new UsageSampler(supervisor), orders: new OrderViews(supervisor) },
  };
  const { backups } = supervisor.config.supervisord.logRotation;
  const mainLog: LogPaths | null = mainLogPath === null ? null : { path: mainLogPath, backups };
  return [
    indexRoute(context),
    at('/tail.html', ['GET', 'POST'], 'form', (request) => answerTail(context, request)),
    ...assetRoutes(uiPath),
    at(`${uiPath}/feed`, ['GET'], 'unused', ({ gone }) => eventStream<FeedEvents>(feed(sources, gone))),
    at(`${uiPath}/boot`, ['GET'], 'unused', () => json(200, bootView(supervisor))),
    at(`${uiPath}/process`, ['GET'], 'unused', (request) => answerDetails(context, history, request)),
    at(`${uiPath}/operation`, ['POST'], 'json', (request) => answerOperation(context, request)),
    at(`${uiPath}/preview`, ['POST'], 'unused', () =>
      whileRunning(context, () => json(200, previewUpdate(supervisor))),
    ),
    at(`${uiPath}/update`, ['POST'], 'json', (request) => answerUpdate(context, request)),
    at(`${uiPath}/reload`, ['POST'], 'unused', () => whileRunning(context, () => answerReload(context))),
    at(`${uiPath}/shutdown`, ['POST'], 'unused', () => answerShutdown(context)),
    ...logRoutes(`${uiPath}/log`, supervisor, mainLog),
  ];
}

/** `/` and `/index.html`, with any number of leading slashes. */
function indexRoute(context: OperationContext): Route {
  const find: Route['find'] = ({ path, method }) => {
    if (!/^\/+(index\.html)?$/.test(path) || (method !== 'GET' && method !== 'POST')) return null;
    return (request) => answerIndex(context, request);
  };
  return { path: '/', body: 'form', find };
}

/**
 * Performs the action as the original does unless the request may come from another site; then sends the page, which
 * asks for confirmation.
 */
async function answerIndex(context: OperationContext, request: HttpRequest): Promise<HttpResponse> {
  const parameters = parametersOf(request);
  const action = parameters.get('action');
  if (action === undefined || !isProvenSameOrigin(request)) return page;
  if (context.supervisor.state !== 'RUNNING') return errorResponse(500);
  const message = await classicAction(
    forPeer(context, request.peer),
    action,
    parameters.get('processname') ?? null,
  );
  if (message === null) return errorResponse(500);
  return errorResponse(301, [
    // Relative, since a reverse proxy has its own host, scheme and path.
    ['Location', `./?message=${encodeURIComponent(message)}`],
    ...neverKept,
  ]);
}

async function answerTail({ supervisor }: OperationContext, request: HttpRequest): Promise<HttpResponse> {
  const parameters = parametersOf(request);
  const body = await tailPage(
    supervisor,
    parameters.get('processname') ?? null,
    parameters.get('limit') ?? null,
  );
  return {
    status: 200,
    headers: [['Content-Type', 'text/html;charset=utf-8'], ...neverKept, ...pageHeaders],
    body,
  };
}

/**
 * The first value of a name in the query, the last one in a form, which takes precedence. Empty values count as
 * missing.
 */
function parametersOf({ query, method, body, headers }: HttpRequest): ReadonlyMap<string, string> {
  const isForm = /^application\/x-www-form-urlencoded/i.test(headers.get('content-type') ?? '');
  const fromQuery = [...new URLSearchParams(query)].toReversed();
  const fromForm = method === 'POST' && isForm ? [...new URLSearchParams(Buffer.from(body).toString())] : [];
  return new Map([...fromQuery, ...fromForm].filter(([, value]) => value !== ''));
}

async function answerDetails(
  { supervisor }: OperationContext,
  history: History,
  { query }: HttpRequest,
): Promise<HttpResponse> {
  const id = new URLSearchParams(query).get('id') ?? '';
  const { group: groupName, name } = parseProcessName(id);
  const group = supervisor.groups.get(groupName);
  const process = group?.process(name);
  if (!group || !process) return json(404, { error: 'there is no such process' });
  const details: ProcessDetails = {
    ...processDetails(supervisor, history, group, process),
    lastOutput: process.life.spawnError === '' ? null : await lastOutput(process),
  };
  return json(200, details);
}

function answerOperation(context: OperationContext, request: HttpRequest): HttpResponse {
  const body = readJson(request);
  if (body.kind === 'unreadable') return json(400, { error: body.reason });
  const wanted = operationRequest(body.members);
  if (!wanted) return json(400, { error: 'operation and targets are needed' });
  return whileRunning(context, () =>
    progressResponse(async (report) => {
      try {
        await operate(context, wanted, requesterOf(request.peer), report);
      } catch (error) {
        if (!(error instanceof OperationError)) throw error;
        report({ failed: wanted.targets.join(' '), fault: error.failure, detail: error.message });
      }
    }, request.gone),
  );
}

function answerUpdate(context: OperationContext, request: HttpRequest): HttpResponse {
  const body = readJson(request);
  if (body.kind === 'unreadable') return json(400, { error: body.reason });
  const token = body.members.get('token');
  if (typeof token !== 'string') return json(400, { error: 'token is needed' });
  return whileRunning(context, () =>
    progressResponse(
      (report) => carryOutUpdate(context.supervisor, token, requesterOf(request.peer), report),
      request.gone,
    ),
  );
}

/** An unusable configuration is reported and changes nothing. */
function answerReload({ supervisor }: OperationContext): HttpResponse {
  try {
    reload(supervisor);
    return json(200, {});
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    return json(409, { error: error.detail ?? '', fault: error.failure });
  }
}

function answerShutdown({ supervisor }: OperationContext): HttpResponse {
  shutdown(supervisor);
  return json(200, {});
}

function whileRunning({ supervisor }: OperationContext, answer: () => HttpResponse): HttpResponse {
  if (supervisor.state === 'RUNNING') return answer();
  return json(503, { error: 'the daemon is shutting down', fault: 'SHUTDOWN_STATE' });
}
