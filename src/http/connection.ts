// One client connection: requests in, one at a time; responses out, in order, with back-pressure.
// `admit` decides how a request is handled.
import { TimeSlice } from '../event-loop/time-slice.ts';
import { errorFor } from './api-error.ts';
import type { ConnectionHost, ConnectionSocket } from './connection-host.ts';
import { Exchange } from './exchange.ts';
import { bodyBytesOf, expectsContinue } from './expect-continue.ts';
import { maxSkippedBytes } from './limits.ts';
import type { RequestHead } from './request.ts';
import { type ParserEvent, RequestParser } from './request-parser.ts';
import { RequestTimeout } from './request-timeout.ts';
import { closing, closingError, errorResponse, type HttpResponse, isStream, keepsAlive } from './response.ts';
import { type RequestLine, ResponseWriter } from './response-writer.ts';
import type { Admit } from './router.ts';

/**
 * reading: between requests, or within one. answering: a handler runs. sending: the response is being written.
 * streaming: the response has no end yet. lingering: everything is sent, input is discarded until the client has read
 * it (closing with unread input would send a reset and destroy the response).
 */
type Phase = 'reading' | 'answering' | 'sending' | 'streaming' | 'lingering' | 'closed';

/** Input buffered while a response is pending; the rest stays in the kernel. */
const maxWaitingInputBytes = 64 * 1024;

export class Connection {
  #phase: Phase = 'reading';
  #lastActive: number;
  readonly #parser = new RequestParser();
  readonly #writer: ResponseWriter;
  #bufferedBytes = 0;
  #exchange: Exchange | null = null;
  #closeAfterwards = false;
  #inputEnded = false;
  #paused = false;
  #advancing = false;
  #cancelDelay = () => {};
  readonly #timeout: RequestTimeout;
  readonly #closed = Promise.withResolvers<void>();

  constructor(
    private readonly socket: ConnectionSocket,
    private readonly host: ConnectionHost,
  ) {
    this.#lastActive = host.clock.now();
    this.#writer = new ResponseWriter(socket, host, (change) => this.#countBuffered(change));
    this.#timeout = new RequestTimeout(host.clock, () =>
      this.#phase === 'lingering' ? this.close() : this.abort(),
    );
  }

  /** Between requests, or in the middle of one. */
  get isReading(): boolean {
    return this.#phase === 'reading';
  }

  /** Between requests, nothing received. */
  get isIdle(): boolean {
    return this.isReading && !this.#parser.isInsideRequest;
  }

  /** A handler runs for it, or will. */
  get isAnswering(): boolean {
    return this.#phase === 'answering' && this.#exchange?.refusal === null;
  }

  /** Monotonic time of the last activity, in milliseconds. */
  get lastActive(): number {
    return this.#lastActive;
  }

  /** Size of its incomplete request and its unsent response. */
  get bufferedBytes(): number {
    return this.#bufferedBytes;
  }

  /** Resolves when the connection is closed. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  onData(bytes: Uint8Array): void {
    this.#lastActive = this.host.clock.now();
    // Nothing after an endless response can be answered.
    if (this.#phase === 'lingering' || this.#phase === 'streaming') return;
    this.#parser.push(bytes);
    this.#advance();
  }

  onDrain(): void {
    if (this.#writer.isEmpty) return;
    this.#lastActive = this.host.clock.now();
    this.#timeout.stop();
    this.#writer.drain();
    if (this.#phase === 'sending' && this.#writer.isEmpty) this.#finish();
    this.#advance();
  }

  /** The client half-closed. It may still read, but a stream to a client that left would never end. */
  onEnd(): void {
    this.#inputEnded = true;
    if (this.#phase === 'streaming' || this.#phase === 'lingering') this.close();
    else this.#advance();
  }

  onClose(): void {
    if (this.#phase === 'closed') return;
    this.#phase = 'closed';
    this.#timeout.stop();
    this.#cancelDelay();
    this.#writer.discard();
    this.#exchange?.abandon();
    this.#exchange = null;
    this.#countBuffered(-this.#bufferedBytes);
    this.host.onClosed(this);
    this.#closed.resolve();
  }

  /** Closes; what the kernel has accepted still arrives. */
  close(): void {
    if (this.#phase === 'closed') return;
    this.onClose();
    this.socket.end();
  }

  /** Resets the connection and discards the kernel's buffers. */
  abort(): void {
    if (this.#phase === 'closed') return;
    this.onClose();
    this.socket.terminate();
  }

  /** Closes after the current response, or at once if there is none. */
  closeWhenSent(): void {
    if (this.#phase === 'sending') this.#closeAfterwards = true;
    else this.close();
  }

  /** Takes requests from the parser until one is incomplete or the time slice is over. Not re-entrant. */
  #advance(): void {
    if (this.#advancing) return;
    this.#advancing = true;
    const slice = new TimeSlice();
    let isDone = false;
    while (this.#phase === 'reading' && !isDone && !slice.isOver) {
      const event = this.#parser.next();
      if (event === null) isDone = true;
      else this.#handle(event);
    }
    this.#advancing = false;
    if (this.#phase === 'reading' && !isDone) setImmediate(() => this.#advance());
    else if (this.#phase === 'reading' && this.#inputEnded) this.close();
    this.#throttleInput();
    this.#timeout.wait(this.#phase, this.#timeoutMs());
  }

  #handle(event: ParserEvent): void {
    switch (event.kind) {
      case 'head':
        this.#admit(event.head);
        break;
      case 'body':
        this.#countBuffered(this.#exchange?.collect(event.bytes) ?? 0);
        break;
      case 'end': {
        const exchange = this.#exchange;
        if (exchange) this.#answer(exchange, () => exchange.answer());
        break;
      }
      case 'refused':
        this.#send({ line: event.line, method: '', version: '1.1' }, closingError(event.status), false);
        break;
    }
  }

  #admit(head: RequestHead): void {
    const exchange = new Exchange(head, this.#admissionOf(head), this.host.peer);
    this.#exchange = exchange;
    const { refusal } = exchange;
    const isAwaited = expectsContinue(head);
    if (refusal && (isAwaited || bodyBytesOf(head) > maxSkippedBytes)) {
      // Whether its body will arrive is unknown.
      this.#answer(exchange, () => closing(refusal));
    } else if (isAwaited) this.#writer.sendContinue();
  }

  #admissionOf(head: RequestHead): ReturnType<Admit> {
    try {
      return this.host.admit(head, this.host.peer);
    } catch (error) {
      this.host.onFailure(error);
      return { kind: 'refused', response: errorFor(head, errorResponse(500)), delayMs: 0 };
    }
  }

  #answer(exchange: Exchange, answer: () => HttpResponse | Promise<HttpResponse>): void {
    this.#timeout.stop();
    this.#phase = 'answering';
    if (exchange.delayMs === 0) {
      this.#carryOut(exchange, answer);
      return;
    }
    this.#cancelDelay = this.host.clock.after(exchange.delayMs, () => {
      this.#carryOut(exchange, answer);
      this.#advance();
    });
  }

  #carryOut(exchange: Exchange, answer: () => HttpResponse | Promise<HttpResponse>): void {
    try {
      const response = answer();
      if (response instanceof Promise) void this.#answerLater(exchange, response);
      else this.#respond(exchange, response);
    } catch (error) {
      this.host.onFailure(error);
      this.#respond(exchange, errorFor(exchange.head, errorResponse(500)));
    }
  }

  async #answerLater(exchange: Exchange, promise: Promise<HttpResponse>): Promise<void> {
    const response = await promise.catch((error: unknown) => {
      this.host.onFailure(error);
      return errorFor(exchange.head, errorResponse(500));
    });
    // The client may have left meanwhile; its request has been carried out anyway.
    if (this.#exchange !== exchange) return;
    this.#respond(exchange, response);
    this.#advance();
  }

  #respond({ head, bodyBytes }: Exchange, response: HttpResponse): void {
    if (this.#phase === 'closed') return;
    this.#countBuffered(-bodyBytes);
    this.#send(head, response, keepsAlive(head, response));
  }

  #send(request: RequestLine, response: HttpResponse, keepAlive: boolean): void {
    const { body } = response;
    this.#closeAfterwards = !keepAlive || isStream(body);
    if (isStream(body)) {
      this.#phase = 'streaming';
      void this.#stream(this.#writer.stream(request, response, body, keepAlive));
      return;
    }
    this.#phase = 'sending';
    this.#writer.send(request, response, body, keepAlive);
    // The bytes that the client has not read may have exceeded the server's limit, which closes the connection.
    if (this.#phase === 'sending' && this.#writer.isEmpty) this.#finish();
  }

  async #stream(sent: Promise<void>): Promise<void> {
    await sent.catch((error: unknown) => this.host.onFailure(error));
    if (this.#phase === 'streaming') this.#finish();
  }

  /** The kernel has accepted the whole response. */
  #finish(): void {
    this.#writer.finish();
    this.#exchange = null;
    if (!this.#closeAfterwards) this.#phase = 'reading';
    else if (this.#inputEnded) this.close();
    else {
      this.#phase = 'lingering';
      this.#parser.discard();
      this.#throttleInput();
      this.socket.shutdown();
      this.#timeout.wait(this.#phase, this.#timeoutMs());
    }
  }

  #countBuffered(change: number): void {
    if (change === 0) return;
    this.#bufferedBytes += change;
    this.host.onBuffered(change);
  }

  #throttleInput(): void {
    const full = this.#phase !== 'closed' && this.#parser.pendingBytes > maxWaitingInputBytes;
    if (full === this.#paused) return;
    this.#paused = full;
    if (full) this.socket.pause();
    else this.socket.resume();
  }

  #timeoutMs(): number | null {
    const { requestMs, answerMs, lingerMs } = this.host.limits;
    switch (this.#phase) {
      case 'reading':
        return this.#parser.isInsideRequest ? requestMs : null;
      case 'sending':
        return answerMs;
      case 'lingering':
        return lingerMs;
      default:
        return null;
    }
  }
}
