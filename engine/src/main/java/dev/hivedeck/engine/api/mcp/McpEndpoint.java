package dev.hivedeck.engine.api.mcp;

import dev.hivedeck.engine.api.Authenticator;
import dev.hivedeck.engine.api.http.HttpApi;
import dev.hivedeck.engine.api.http.HttpEndpoint;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.time.Timers;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.json.jackson2.JacksonMcpJsonMapper;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.server.transport.HttpServletStreamableServerTransportProvider;
import io.modelcontextprotocol.spec.HttpHeaders;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities;
import io.modelcontextprotocol.spec.McpStreamableServerSession;
import io.modelcontextprotocol.spec.McpStreamableServerTransportProvider;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.RequestBufferingHandler;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.api.FilterInfo;
import io.undertow.servlet.api.ServletInfo;
import io.undertow.servlet.api.ServletStackTraces;
import io.undertow.servlet.util.ImmediateInstanceFactory;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Serves the Model Context Protocol by the servlet of its Java SDK. What the servlet leaves open is
 * settled before it: whose session a request is of, how large it may be, how many run at once. A
 * request is read whole by the server's own thread and then answered on a virtual one, so that a
 * slow client, or one that waits for a person, holds no thread of a pool.
 */
public final class McpEndpoint implements HttpEndpoint, AutoCloseable {
  public static final String PATH = "/mcp";

  /** What the transport context calls the attempt. */
  static final String ATTEMPT = "attempt";

  /** The largest message: a proposal with all its texts is a twentieth of that. */
  static final int LARGEST = 1 << 20;

  /** Requests of one attempt that may be under way at once. */
  private static final int MOST_AT_ONCE = 8;

  /** Buffers of 16 KB that hold a message that is just too large, so that it is seen to be. */
  private static final int BUFFERS = LARGEST / (16 << 10) + 1;

  private static final Duration TIDY = Duration.ofMinutes(5);
  private static final HttpString SESSION = new HttpString(HttpHeaders.MCP_SESSION_ID);
  private static final Logger LOG = LoggerFactory.getLogger(McpEndpoint.class);

  private static final String INSTRUCTIONS =
      """
      Hivedeck runs you on one task of a plan, in a worktree of your own. Read the task with \
      task_get. Tell how far you are with progress_report. What only a person can decide, ask \
      with decision_ask. Work beyond your task is not yours to do: propose it with task_propose. \
      What the next agent should know, keep with lesson_record.\
      """;

  /** Who sent the request that is being answered on this thread. */
  private static final ScopedValue<String> CALLER = ScopedValue.newInstance();

  private final BooleanSupplier on;
  private final McpSessions sessions;
  private final Timers timers;
  private final McpSyncServer server;
  private final DeploymentManager deployment;
  private final HttpHandler servlet;
  private final HttpHandler reading;
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("mcp-", 0).factory());
  private final Map<String, AtomicInteger> under = new ConcurrentHashMap<>();
  private volatile boolean open = true;

  /** Takes a line of an attempt's log. */
  @FunctionalInterface
  public interface Log {
    void line(String attempt, String kind, String text);
  }

  /**
   * @param on whether it is switched on, at the moment
   * @param log is told what tools are used
   */
  public McpEndpoint(EngineApi engine, BooleanSupplier on, Log log, String version, Timers timers) {
    this.on = on;
    this.timers = timers;
    this.sessions = new McpSessions(timers.clock());
    var mapper =
        new JacksonMcpJsonMapper(Json.MAPPER.copy().registerModule(McpMessageValidator.errors()));
    var transport =
        HttpServletStreamableServerTransportProvider.builder()
            .jsonMapper(mapper)
            .mcpEndpoint(PATH)
            .maxRequestSize(LARGEST)
            .contextExtractor(request -> McpTransportContext.create(Map.of(ATTEMPT, CALLER.get())))
            // It keeps what it has opened until then, also sessions that were closed here.
            .sessionSweepInterval(McpSessions.IDLE)
            .build();
    this.server =
        McpServer.sync(new Registering(transport, sessions))
            .serverInfo("hivedeck", version)
            .instructions(INSTRUCTIONS)
            .capabilities(ServerCapabilities.builder().tools(false).resources(false, false).build())
            .jsonMapper(mapper)
            .validateToolInputs(false) // AgentTools does, in words that say what to do
            .immediateExecution(true) // on the virtual thread of the request
            .tools(new AgentTools(engine, log, timers).all())
            .resources(PlanResources.fixed(engine))
            .resourceTemplates(PlanResources.templates(engine))
            .build();
    this.deployment =
        Servlets.newContainer()
            .addDeployment(
                Servlets.deployment()
                    .setClassLoader(McpEndpoint.class.getClassLoader())
                    .setContextPath("/")
                    .setDeploymentName("mcp")
                    .setSecurityDisabled(true)
                    .setServletStackTraces(ServletStackTraces.NONE)
                    .addFilter(
                        new FilterInfo(
                                "messages",
                                McpMessageValidator.class,
                                new ImmediateInstanceFactory<>(new McpMessageValidator()))
                            .setAsyncSupported(true))
                    .addFilterUrlMapping("messages", PATH, DispatcherType.REQUEST)
                    .addServlet(
                        new ServletInfo(
                                "mcp",
                                transport.getClass(),
                                new ImmediateInstanceFactory<>(transport))
                            .setAsyncSupported(true)
                            .addMapping(PATH)));
    this.deployment.deploy();
    try {
      this.servlet = deployment.start();
    } catch (ServletException e) {
      throw new HiveException(
          ErrorCode.MCP_FAILED,
          "MCP did not start: " + e.getMessage(),
          "Set mcp: off in .hivedeck/hive.yaml.",
          e);
    }
    this.reading = new RequestBufferingHandler(this::read, BUFFERS);
    tidyLater();
  }

  private void tidyLater() {
    timers.after(
        TIDY,
        () -> {
          if (open) {
            sessions.tidy();
            tidyLater();
          }
        });
  }

  @Override
  public String path() {
    return PATH;
  }

  @Override
  public void handle(HttpServerExchange x, Authenticator.Caller caller) throws Exception {
    var refusal = refusal(x, caller);
    if (refusal != null) {
      HttpApi.send(x, refusal.status(), refusal.fault());
      return;
    }
    String attempt = caller.attempt();
    if (under.computeIfAbsent(attempt, a -> new AtomicInteger()).incrementAndGet() > MOST_AT_ONCE) {
      done(attempt);
      HttpApi.send(
          x,
          429,
          fault(
              ErrorCode.TOO_MANY,
              attempt + " has " + MOST_AT_ONCE + " requests under way.",
              "Wait for an answer first."));
      return;
    }
    x.addExchangeCompleteListener(
        (exchange, next) -> {
          done(attempt);
          next.proceed();
        });
    x.putAttachment(CALLING, attempt);
    reading.handleRequest(x);
  }

  private static final io.undertow.util.AttachmentKey<String> CALLING =
      io.undertow.util.AttachmentKey.create(String.class);

  private void done(String attempt) {
    under.computeIfPresent(attempt, (a, n) -> n.decrementAndGet() <= 0 ? null : n);
  }

  private record Refusal(int status, HiveException.Fault fault) {}

  private Refusal refusal(HttpServerExchange x, Authenticator.Caller caller) {
    if (!on.getAsBoolean()) {
      return new Refusal(
          404,
          fault(
              ErrorCode.MCP_OFF,
              "MCP is switched off in this workspace.",
              "Take mcp: off out of .hivedeck/hive.yaml."));
    }
    if (caller.isPerson()) {
      return new Refusal(
          403,
          fault(
              ErrorCode.NOT_ALLOWED,
              "MCP is for agents: each acts for the attempt of its token.",
              "Use /v1 with this token."));
    }
    if (!x.getRequestMethod().equals(Methods.POST)
        && !x.getRequestMethod().equals(Methods.DELETE)) {
      x.getResponseHeaders().put(Headers.ALLOW, "POST, DELETE");
      return new Refusal(
          405,
          fault(
              ErrorCode.NO_METHOD,
              "Nothing is said here unasked.",
              "POST your messages; each answer comes with its request."));
    }
    if (x.getRequestHeaders().contains(Headers.EXPECT)) {
      return new Refusal(
          417,
          fault(
              ErrorCode.NO_EXPECTATION,
              "Nothing is promised beforehand.",
              "Send the message at once."));
    }
    if (x.getRequestContentLength() > LARGEST) {
      return new Refusal(
          413,
          fault(
              ErrorCode.TOO_LARGE,
              "A message of "
                  + x.getRequestContentLength()
                  + " bytes is larger than "
                  + LARGEST
                  + ".",
              "Send less."));
    }
    String session = x.getRequestHeaders().getFirst(SESSION);
    if (session != null) {
      var owner = sessions.use(session);
      if (owner.isEmpty()) {
        return new Refusal(
            404,
            fault(ErrorCode.NO_SESSION, "There is no such session any more.", "Initialize anew."));
      }
      if (!owner.get().equals(caller.attempt())) {
        return new Refusal(
            403,
            fault(
                ErrorCode.NOT_ALLOWED,
                "This session is another attempt's.",
                "Initialize your own."));
      }
    }
    return null;
  }

  private static HiveException.Fault fault(ErrorCode code, String message, String hint) {
    return HiveException.Fault.of(code, message, hint);
  }

  /** The request is here. */
  private void read(HttpServerExchange x) {
    x.dispatch(threads, (HttpHandler) this::answer);
  }

  private void answer(HttpServerExchange x) throws Exception {
    String session = x.getRequestHeaders().getFirst(SESSION);
    ScopedValue.where(CALLER, x.getAttachment(CALLING))
        .call(
            () -> {
              servlet.handleRequest(x);
              return null;
            });
    if (session != null && x.getRequestMethod().equals(Methods.DELETE)) {
      sessions.gone(session);
    }
  }

  /** An attempt is over: its sessions with it. */
  public void ended(String attempt) {
    sessions.ended(attempt);
  }

  /** How many conversations are open. */
  public int sessions() {
    return sessions.size();
  }

  @Override
  public void close() {
    open = false;
    sessions.closeAll();
    try {
      server.close();
      deployment.stop();
      deployment.undeploy();
    } catch (ServletException | RuntimeException e) {
      LOG.warn("closing MCP", e);
    }
    threads.shutdownNow();
  }

  /** The servlet, with each session it opens written down as the caller's. */
  private record Registering(
      HttpServletStreamableServerTransportProvider servlet, McpSessions sessions)
      implements McpStreamableServerTransportProvider {
    @Override
    public void setSessionFactory(McpStreamableServerSession.Factory factory) {
      servlet.setSessionFactory(
          request -> {
            var init = factory.startSession(request);
            sessions.opened(init.session().getId(), CALLER.get(), init.session()::close);
            return init;
          });
    }

    @Override
    public Mono<Void> notifyClients(String method, Object params) {
      return servlet.notifyClients(method, params);
    }

    @Override
    public Mono<Void> notifyClient(String session, String method, Object params) {
      return servlet.notifyClient(session, method, params);
    }

    @Override
    public Mono<Void> closeGracefully() {
      return servlet.closeGracefully();
    }

    @Override
    public List<String> protocolVersions() {
      return servlet.protocolVersions();
    }
  }
}
